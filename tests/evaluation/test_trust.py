"""Reliability, coverage and thresholds: how far a score can be trusted."""

import numpy as np
import pytest

from evaluation.quality_report.coverage import apply_threshold, coverage_curve, find_threshold
from evaluation.quality_report.reliability import measure_reliability
from evaluation.quality_report.scored import Scored
from goemotions.taxonomy import Taxonomy
from tests.evaluation.scored_rows import scored


def split_with_temperature(temperature, comments=3000, seed=0):
    """Gold labels drawn with the very chances of the logits, and scores at a temperature."""
    random = np.random.default_rng(seed)
    logits = random.normal(0, 2, (comments, 14))
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    drawn = (random.random((comments, 1)) > chances.cumsum(axis=1)).sum(axis=1).clip(max=13)
    scores = np.exp(logits / temperature)
    scores /= scores.sum(axis=1, keepdims=True)
    return Scored(Taxonomy.SERVED, scores, np.eye(14, dtype=bool)[drawn])


def test_the_calibration_error_is_the_mean_gap():
    found = measure_reliability(scored(*[("joy", "joy", 0.7)] * 6, *[("joy", "love", 0.7)] * 4))
    assert found["error"] == pytest.approx(0.1)
    assert found["gap"] == pytest.approx(0.1)
    (only,) = found["bins"]
    assert (only["hits"].count, only["hits"].of) == (6, 10)
    assert (only["low"], only["high"]) == pytest.approx((10 / 15, 11 / 15))


def test_log_loss_and_brier_score_are_those_of_a_hit():
    found = measure_reliability(scored(("joy", "joy", 0.8), ("joy", "love", 0.6)))
    assert found["log_loss"] == pytest.approx(-(np.log(0.8) + np.log(0.4)) / 2)
    assert found["brier"] == pytest.approx((0.2**2 + 0.6**2) / 2)
    assert found["brier_constant"] == pytest.approx(0.25)


def test_a_perfect_model_shows_about_the_error_that_is_simulated_for_it():
    errors, simulated = [], []
    for seed in range(5):
        found = measure_reliability(split_with_temperature(1.0, seed=seed))
        errors.append(found["error"])
        simulated.append(found["if_perfect"]["mean"])
    assert np.mean(errors) == pytest.approx(np.mean(simulated), rel=0.35)
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


def test_the_curve_starts_with_the_surest_and_ends_with_the_hit_rate():
    curve = coverage_curve(
        scored(("joy", "joy", 0.9), ("joy", "love", 0.8), ("joy", "joy", 0.7), ("joy", "joy", 0.6))
    )
    assert curve["points"][-1]["hit_rate"] == 0.75
    assert [curve["points"][row]["hit_rate"] for row in (24, 49)] == [1, 0.5]
    assert curve["area"] == pytest.approx(1 - (1 + 1 / 2 + 2 / 3 + 3 / 4) / 4)
    assert curve["ranking"] == pytest.approx(1 / 3)


def test_a_split_without_mistakes_ranks_nothing():
    assert np.isnan(coverage_curve(scored(("joy", "joy", 0.9)))["ranking"])


def test_a_threshold_is_the_lowest_score_that_reaches_the_hit_rate():
    dev = scored(
        ("joy", "joy", 0.9), ("joy", "love", 0.8), ("joy", "joy", 0.7), ("joy", "joy", 0.6)
    )
    assert find_threshold(dev, 0.9) == 0.9
    assert find_threshold(dev, 0.75) == pytest.approx(0.6)
    assert find_threshold(dev, 0.6) == pytest.approx(0.6)


def test_comments_of_one_score_are_answered_together():
    dev = scored(("joy", "joy", 0.9), ("joy", "joy", 0.7), ("joy", "love", 0.7))
    assert find_threshold(dev, 0.9) == 0.9


def test_a_threshold_that_dev_does_not_reach_is_none():
    found = apply_threshold({"dev": scored(("joy", "love", 0.9))}, 0.9)
    assert found == {"target": 0.9, "score": None, "answered": {}, "hits": {}}


def test_a_threshold_is_applied_to_each_split():
    splits = {
        "dev": scored(("joy", "joy", 0.9), ("joy", "love", 0.8)),
        "test": scored(("joy", "love", 0.95), ("joy", "joy", 0.92), ("joy", "joy", 0.3)),
    }
    found = apply_threshold(splits, 0.9)
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
