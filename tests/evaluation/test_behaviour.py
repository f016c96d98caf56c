"""The committed weights behave, capability by capability, as well as they once did."""

from pathlib import Path

import pytest

from evaluation.behaviour.measuring import HIGHEST_FLIP_RATE, all_flips, measure_behaviour
from evaluation.behaviour.reading import read_capabilities
from evaluation.served_model import load_served

pytestmark = pytest.mark.weights

MODEL = Path(__file__).parents[2] / "model"
CAPABILITIES = read_capabilities()


@pytest.fixture(scope="module")
def behaviour():
    classifier, _ = load_served(MODEL)
    return measure_behaviour(classifier, CAPABILITIES)


@pytest.mark.parametrize("capability", CAPABILITIES, ids=lambda capability: capability.name)
def test_the_pass_rate_reaches_the_minimum_of_its_file(behaviour, capability):
    result = next(each for each in behaviour.results if each.capability == capability)
    shown = "\n".join(f"{each.text}: {each.found}, not {each.wanted}" for each in result.failures)
    assert result.is_met, f"{result.passed} is below {capability.minimum}:\n{shown}"


def test_a_swap_of_a_persons_attribute_seldom_changes_the_answer(behaviour):
    flips = all_flips(behaviour)
    assert flips.rate <= HIGHEST_FLIP_RATE, f"{flips.flipped} of {flips.swaps} swaps"
