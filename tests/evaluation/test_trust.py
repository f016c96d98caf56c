"""Calibration, reliability, coverage and thresholds: how far a score can be trusted."""

import numpy as np
import pytest

from evaluation.calibration_fit import expected_calibration_error, fit_calibration, fit_temperature
from evaluation.quality_report.coverage import apply_threshold, coverage_curve, find_threshold
from evaluation.quality_report.reliability import measure_reliability
from evaluation.quality_report.scored import Scored
from goemotions.calibration import softmax
from goemotions.taxonomy import Taxonomy
from tests.evaluation.scored_rows import scored


def sample(comments=20_000, labels=5, seed=0):
    """Logits, and gold labels drawn with the very probabilities that the logits say."""
    random = np.random.default_rng(seed)
    logits = random.normal(0, 2, (comments, labels)).astype(np.float32)
    cumulated = softmax(logits, 1.0).cumsum(axis=1)
    drawn = (random.random((comments, 1)) > cumulated).sum(axis=1).clip(max=labels - 1)
    return logits, np.eye(labels, dtype=bool)[drawn]


def split_with_temperature(temperature, seed=0):
    logits, gold = sample(3000, 14, seed)
    return Scored(Taxonomy.SERVED, softmax(logits, temperature), gold)


def surest_and_hits(scores, gold):
    return scores.max(axis=1), gold[np.arange(len(gold)), scores.argmax(axis=1)]


@pytest.mark.parametrize("factor", [0.4, 1.0, 3.0])
def test_the_fit_finds_by_what_the_logits_were_multiplied(factor):
    logits, gold = sample()
    assert fit_temperature(logits * np.float32(factor), gold) == pytest.approx(factor, rel=0.05)


def test_a_comment_with_two_gold_labels_is_right_by_either():
    logits = np.tile(np.array([[2.0, 0.0]], np.float32), (10, 1))
    gold = np.ones((10, 2), bool)
    assert softmax(logits, fit_temperature(logits, gold)).max() > 0.99


def test_what_one_temperature_leaves_a_calibration_by_certainty_mends():
    logits, gold = sample()
    # Sharpened where the model is sure, flattened where it is not: no one temperature undoes it.
    surest = softmax(logits).max(axis=1, keepdims=True)
    bent = (logits * np.exp(2 * surest - 1)).astype(np.float32)
    one = softmax(bent, fit_temperature(bent, gold))
    by_certainty = fit_calibration(bent, gold).probabilities(bent)
    assert expected_calibration_error(*surest_and_hits(one, gold)) > 0.03
    assert expected_calibration_error(*surest_and_hits(by_certainty, gold)) < 0.02


@pytest.mark.parametrize("fit", [fit_temperature, fit_calibration])
def test_the_fit_needs_comments(fit):
    with pytest.raises(ValueError, match="no comments"):
        fit(np.empty((0, 14), np.float32), np.empty((0, 14), bool))


def test_scores_that_are_chances_have_hardly_an_error():
    logits, gold = sample()
    assert expected_calibration_error(*surest_and_hits(softmax(logits, 1.0), gold)) < 0.015


@pytest.mark.parametrize(
    ("confidences", "hits", "bins", "wanted"),
    [
        # The mean gap, weighted by comments.
        ((0.95, 0.95, 0.95, 0.55), (1, 1, 0, 1), 15, 3 / 4 * (0.95 - 2 / 3) + 1 / 4 * (1 - 0.55)),
        # On an edge, a confidence belongs to the bin below.
        ((0.5, 0.4), (1, 0), 2, 0.05),
        # The ends of the range have a bin.
        ((0.0,), (0,), 15, 0),
        ((1.0,), (1,), 15, 0),
    ],
)
def test_the_calibration_error_is_the_mean_gap_over_bins(confidences, hits, bins, wanted):
    found = expected_calibration_error(np.array(confidences), np.array(hits, bool), bins)
    assert found == pytest.approx(wanted)


def test_the_reliability_has_the_error_the_gap_and_the_bins():
    found = measure_reliability(scored(*[("joy", "joy", 0.7)] * 6, *[("joy", "love", 0.7)] * 4))
    assert (found["error"], found["gap"]) == pytest.approx((0.1, 0.1))
    (only,) = found["bins"]
    assert (only["hits"].count, only["hits"].of) == (6, 10)
    assert (only["low"], only["high"]) == pytest.approx((10 / 15, 11 / 15))


def test_log_loss_and_brier_score_are_those_of_a_hit():
    found = measure_reliability(scored(("joy", "joy", 0.8), ("joy", "love", 0.6)))
    assert found["log_loss"] == pytest.approx(-(np.log(0.8) + np.log(0.4)) / 2)
    assert found["brier"] == pytest.approx((0.2**2 + 0.6**2) / 2)
    assert found["brier_constant"] == pytest.approx(0.25)


def test_a_perfect_model_shows_about_the_error_that_is_simulated_for_it():
    found = [measure_reliability(split_with_temperature(1.0, seed)) for seed in range(5)]
    simulated = [each["if_perfect"]["mean"] for each in found]
    assert np.mean([each["error"] for each in found]) == pytest.approx(np.mean(simulated), rel=0.35)
    assert min(simulated) > 0.005


def test_an_overconfident_model_is_told_from_a_perfect_one():
    found = measure_reliability(split_with_temperature(0.5))
    assert found["error"] > found["if_perfect"]["quantile_95"]
    assert found["if_perfect"]["as_high"] == 0
    assert found["gap"] > 0.05


def test_bins_cover_every_comment_once():
    split = split_with_temperature(1.0)
    bins = measure_reliability(split)["bins"]
    assert sum(each["hits"].of for each in bins) == len(split)
    assert all(each["low"] < each["mean_score"] <= each["high"] for each in bins)


# The second and the third are as sure as each other in `TIED`.
DEV = scored(("joy", "joy", 0.9), ("joy", "love", 0.8), ("joy", "joy", 0.7), ("joy", "joy", 0.6))
TIED = scored(("joy", "joy", 0.9), ("joy", "joy", 0.7), ("joy", "love", 0.7))


def test_the_curve_starts_with_the_surest_and_ends_with_the_hit_rate():
    curve = coverage_curve(DEV)
    rates = {point["answered"]: point["hit_rate"] for point in curve["points"]}
    assert (rates[0.25], rates[0.5], rates[1]) == (1, 0.5, 0.75)
    assert curve["area"] == pytest.approx(1 - (1 + 1 / 2 + 2 / 3 + 3 / 4) / 4)
    assert curve["ranking"] == pytest.approx(1 / 3)


def test_a_split_without_mistakes_ranks_nothing():
    assert np.isnan(coverage_curve(scored(("joy", "joy", 0.9)))["ranking"])


@pytest.mark.parametrize(
    ("dev", "target", "score"),
    [(DEV, 0.9, 0.9), (DEV, 0.75, 0.6), (DEV, 0.6, 0.6), (TIED, 0.9, 0.9)],
)
def test_a_threshold_is_the_lowest_score_that_reaches_the_hit_rate(dev, target, score):
    assert find_threshold(dev, target) == pytest.approx(score)


def test_a_threshold_that_dev_does_not_reach_is_none():
    found = apply_threshold({"dev": scored(("joy", "love", 0.9))}, 0.9)
    assert found == {"target": 0.9, "score": None, "answered": {}, "hits": {}}


def test_a_threshold_is_applied_to_each_split():
    test = scored(("joy", "love", 0.95), ("joy", "joy", 0.92), ("joy", "joy", 0.3))
    found = apply_threshold({"dev": DEV, "test": test}, 0.9)
    assert found["answered"]["dev"].count == 1
    assert (found["answered"]["test"].count, found["answered"]["test"].of) == (2, 3)
    assert (found["hits"]["test"].count, found["hits"]["test"].of) == (1, 2)


def test_what_test_says_does_not_move_the_threshold():
    dev = split_with_temperature(1.0)
    one, other = (
        apply_threshold({"dev": dev, "test": split_with_temperature(t, seed=9)}, 0.8)["score"]
        for t in (0.5, 2.0)
    )
    assert one == other
