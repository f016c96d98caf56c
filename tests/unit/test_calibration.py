"""A temperature that depends on how sure the model is keeps the answers and their distribution."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from goemotions.calibration import Calibration, softmax

LOGITS = npst.arrays(np.float32, (2, 5), elements=st.floats(-1e4, 1e4, width=32))
COEFFICIENTS = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=3)


@given(LOGITS, st.floats(0.1, 10))
def test_softmax_is_a_distribution_in_the_order_of_its_logits(logits, temperature):
    probabilities = softmax(logits, temperature)
    assert probabilities.sum(axis=1) == pytest.approx([1, 1])
    assert (probabilities.max(axis=1) == probabilities[[0, 1], logits.argmax(axis=1)]).all()


@given(LOGITS, COEFFICIENTS)
def test_a_calibration_changes_no_answer_and_no_row_depends_on_another(logits, coefficients):
    calibration = Calibration.of(coefficients)
    probabilities = calibration.probabilities(logits)
    assert probabilities.sum(axis=1) == pytest.approx([1, 1])
    assert (probabilities.max(axis=1) == probabilities[[0, 1], logits.argmax(axis=1)]).all()
    assert np.array_equal(calibration.probabilities(logits[1:]), probabilities[1:])


def test_without_slope_and_bend_all_rows_have_one_temperature():
    logits = np.array([[0.0, 3.0], [1.0, 1.0]], np.float32)
    assert Calibration(np.log(2.0)).probabilities(logits) == pytest.approx(softmax(logits, 2.0))


def test_the_temperature_follows_the_highest_probability():
    even = np.zeros((1, 4), np.float32)
    calibration = Calibration(constant=0.1, slope=2.0, bend=-4.0)
    assert calibration.temperatures(even) == pytest.approx(np.exp(0.1 + 2 / 4 - 4 / 16))


@pytest.mark.parametrize("coefficients", [[], [1, 2, 3, 4], [float("nan")]])
def test_other_than_1_to_3_finite_numbers_are_refused(coefficients):
    with pytest.raises(ValueError, match="1 to 3 finite numbers"):
        Calibration.of(coefficients)
