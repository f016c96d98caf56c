"""Figures, as readers and programs get them."""

import math

import numpy as np
import pytest

from evaluation.formats import as_json, figure, p_value, percent, points
from evaluation.intervals import Interval, Tally
from goemotions.taxonomy import Taxonomy


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        (percent(0.6731), "67.3 %"),
        (percent(math.nan), "-"),
        (points(-0.021), "-2.1"),
        (points(0.021), "+2.1"),
        (figure(0.6173), "0.62"),
        (p_value(0.0561), "0.056"),
        (p_value(0.0000561), "< 0.001"),
    ],
)
def test_figures_are_written_for_readers(written, wanted):
    assert written == wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ({Taxonomy.SERVED: (math.nan, None, 0.123456)}, {"served": [None, None, 0.12346]}),
        (Tally(1, 2), {"passed": 1, "checks": 2}),
        (Interval(0.1, 0.2), {"low": 0.1, "high": 0.2}),
        (np.array([[0.5, math.nan]]), [[0.5, None]]),
    ],
)
def test_values_become_plain_json(value, wanted):
    assert as_json(value, digits=5) == wanted


def test_what_json_can_not_hold_is_refused():
    with pytest.raises(TypeError, match="set"):
        as_json({"a": {1, 2}}, digits=5)
