"""The calibration makes the highest score the share of hits."""

import numpy as np
import pytest

from evaluation.calibration_fit import (
    expected_calibration_error,
    fit_calibration,
    fit_temperature,
)
from goemotions.calibration import softmax


def sample(comments=20_000, labels=5, seed=0):
    """Logits, and gold labels drawn with the very probabilities that the logits say."""
    random = np.random.default_rng(seed)
    logits = random.normal(0, 2, (comments, labels)).astype(np.float32)
    cumulated = softmax(logits, 1.0).cumsum(axis=1)
    drawn = (random.random((comments, 1)) > cumulated).sum(axis=1).clip(max=labels - 1)
    return logits, np.eye(labels, dtype=bool)[drawn]


@pytest.mark.parametrize("factor", [0.4, 1.0, 3.0])
def test_the_fit_finds_by_what_the_logits_were_multiplied(factor):
    logits, gold = sample()
    assert fit_temperature(logits * np.float32(factor), gold) == pytest.approx(factor, rel=0.05)


def test_a_comment_with_two_gold_labels_is_right_by_either():
    logits = np.tile(np.array([[2.0, 0.0]], np.float32), (10, 1))
    gold = np.ones((10, 2), bool)
    confidence = softmax(logits, fit_temperature(logits, gold)).max()
    assert confidence > 0.99


def test_what_one_temperature_leaves_a_calibration_by_certainty_mends():
    logits, gold = sample()
    # Sharpened where the model is sure, flattened where it is not: no one temperature undoes it.
    surest = softmax(logits).max(axis=1, keepdims=True)
    bent = (logits * np.exp(2 * surest - 1)).astype(np.float32)
    hits = gold[np.arange(len(gold)), bent.argmax(axis=1)]
    one = softmax(bent, fit_temperature(bent, gold)).max(axis=1)
    by_certainty = fit_calibration(bent, gold).probabilities(bent).max(axis=1)
    assert expected_calibration_error(one, hits) > 0.03
    assert expected_calibration_error(by_certainty, hits) < 0.02


@pytest.mark.parametrize("fit", [fit_temperature, fit_calibration])
def test_the_fit_needs_comments(fit):
    with pytest.raises(ValueError, match="no comments"):
        fit(np.empty((0, 14), np.float32), np.empty((0, 14), bool))


def test_scores_that_are_chances_have_hardly_an_error():
    logits, gold = sample()
    scores = softmax(logits, 1.0)
    hits = gold[np.arange(len(gold)), scores.argmax(axis=1)]
    assert expected_calibration_error(scores.max(axis=1), hits) < 0.015


def test_the_error_is_the_mean_gap_weighted_by_comments():
    confidences = np.array([0.95, 0.95, 0.95, 0.55])
    hits = np.array([True, True, False, True])
    wanted = 3 / 4 * (0.95 - 2 / 3) + 1 / 4 * (1 - 0.55)
    assert expected_calibration_error(confidences, hits) == pytest.approx(wanted)


def test_a_confidence_on_an_edge_belongs_to_the_bin_below():
    confidences, hits = np.array([0.5, 0.4]), np.array([True, False])
    assert expected_calibration_error(confidences, hits, bins=2) == pytest.approx(0.05)


@pytest.mark.parametrize("confidence", [0.0, 1.0])
def test_the_ends_of_the_range_have_a_bin(confidence):
    hits = np.array([bool(confidence)])
    assert expected_calibration_error(np.array([confidence]), hits) == 0
