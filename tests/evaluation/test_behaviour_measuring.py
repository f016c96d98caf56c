"""Cases judge the answers of a classifier whose answers are known."""

import pytest

from evaluation.behaviour.measuring import all_flips, flips_by_capability, measure_behaviour
from evaluation.behaviour.reading import read_capability
from evaluation.intervals import Tally
from tests.evaluation.word_classifier import WordClassifier

CLASSIFIER = {
    "happy": ("joy", 0.6),
    "sad": ("sadness", 0.6),
    "very": ("joy", 0.8),
    "slightly": ("joy", 0.4),
}


@pytest.fixture
def measure(tmp_path):
    """The result of one capability, written as the content of its file."""

    def measure_one(content, name="some_name", classifier=None):
        file = tmp_path / f"{name}.toml"
        file.write_text(f'about = "a test"\nminimum = 0.5\n{content}', encoding="utf-8")
        classifier = classifier or WordClassifier(**CLASSIFIER)
        return measure_behaviour(classifier, [read_capability(file)])

    return measure_one


def tally_of(result):
    return result.passed.count, result.passed.of


def test_a_plain_case_passes_by_any_of_its_labels(measure):
    (result,) = measure("""
        kind = "MFT"
        cases = [{labels = ["joy", "love"], texts = ["I am happy", "I am sad"]}]
    """).results
    assert tally_of(result) == (1, 2)
    (failure,) = result.failures
    assert (failure.text, failure.found, failure.wanted) == (
        "I am sad",
        "sadness 0.60",
        "joy or love",
    )


def test_a_label_that_must_never_come_fails_and_any_other_passes(measure):
    (result,) = measure("""
        kind = "MFT"
        cases = [{never = ["joy"], texts = ["I am happy", "I am sad", "I am"]}]
    """).results
    assert tally_of(result) == (2, 3)
    assert result.failures[0].wanted == "anything but joy"


def test_each_variant_is_a_check_against_the_original(measure):
    (result,) = measure("""
        kind = "INV"
        cases = [{variants = [["I am happy.", "i am happy", "I am hapyp."]]}]
    """).results
    assert tally_of(result) == (1, 2)
    assert [failure.text for failure in result.failures] == ["I am hapyp."]


SWAPS = """
    kind = "INV"
    slot = "mood"
    cases = [{templates = ["I am {mood}"]}]
    [fillers]
    good = ["happy", "very", "slightly"]
    bad = ["sad"]
"""


def test_each_pair_of_fillers_is_a_swap(measure):
    (result,) = measure(SWAPS).results
    assert tally_of(result) == (3, 6)


def test_a_group_is_judged_by_the_answer_that_most_fillers_get(measure):
    (result,) = measure(SWAPS).results
    assert result.groups == {"good": Tally(3, 3), "bad": Tally(0, 1)}


def test_a_flip_names_the_fillers_that_are_answered_otherwise(measure):
    (result,) = measure(SWAPS).results
    (failure,) = result.failures
    assert failure.text == "I am {mood}"
    assert (failure.found, failure.wanted) == ("sadness for sad", "joy, as for 3 of 4")


def test_a_filler_may_fill_several_slots_capitalised_if_the_slot_is(measure):
    classifier = WordClassifier()
    measure(
        """
        kind = "INV"
        cases = [{templates = ["{He} saw {his} dog"]}]
        [fillers]
        male = {he = "he", his = "his"}
        female = {he = "she", his = "her"}
        """,
        classifier=classifier,
    )
    assert classifier.asked == ["He saw his dog", "She saw her dog"]


def test_only_swaps_count_as_flips(measure):
    behaviour = measure(SWAPS)
    assert (all_flips(behaviour).flipped, all_flips(behaviour).swaps) == (3, 6)
    assert [flips.name for flips in flips_by_capability(behaviour)] == ["some name"]
    assert not all_flips(behaviour).is_met


@pytest.mark.parametrize(
    ("limit", "passed"),
    [
        ("lowest_change = 0.15", [True, False]),
        ("lowest_change = -0.25", [True, True]),
        ("highest_change = -0.15", [False, True]),
    ],
)
def test_the_change_of_the_score_must_be_within_its_limits(measure, limit, passed):
    (result,) = measure(f"""
        kind = "DIR"
        {limit}
        cases = [{{labels = ["joy"], pairs = [
            ["happy am I", "very happy am I"], ["happy am I", "slightly happy am I"]]}}]
    """).results
    assert [outcome.tally.passed == 1 for outcome in result.outcomes] == passed


def test_the_score_of_several_labels_is_their_sum(measure):
    (result,) = measure("""
        kind = "DIR"
        lowest_change = -0.05
        cases = [{labels = ["joy", "sadness"], pairs = [["happy am I", "sad am I"]]}]
    """).results
    assert tally_of(result) == (1, 1)


def test_a_text_of_several_cases_is_asked_once(measure):
    classifier = WordClassifier()
    measure(
        """
        kind = "INV"
        cases = [{variants = [["one", "two"], ["one", "three"]]}]
        """,
        classifier=classifier,
    )
    assert classifier.asked == ["one", "two", "three"]


def test_a_pass_rate_below_its_minimum_is_missed(measure):
    content = 'kind = "MFT"\ncases = [{{labels = ["joy"], texts = {}}}]'
    assert not measure(content.format('["happy", "sad"]')).missed
    assert measure(content.format('["happy", "sad", "so sad"]')).missed
