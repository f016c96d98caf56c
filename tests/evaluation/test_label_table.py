"""Hit rates and the table of labels, against counts by hand."""

import math

import numpy as np
import pytest
from sklearn.metrics import f1_score

from evaluation.accuracy import measure_accuracy
from evaluation.quality_report.labels import f1_figures, hit_rates, label_table, macro_f1
from goemotions.taxonomy import LABELS
from tests.evaluation.scored_rows import SPLIT, scored


def test_hit_rates_are_counted():
    rates = hit_rates(SPLIT, unseen=np.array([True, False, True, False, False]))
    assert (rates["all"].count, rates["all"].of) == (3, 5)
    assert (rates["unseen"].count, rates["unseen"].of) == (1, 2)
    assert (rates["always_neutral"].count, rates["several_gold"].count) == (1, 2)


def test_without_an_unseen_text_there_is_no_rate_of_unseen_ones():
    assert hit_rates(SPLIT, unseen=np.zeros(5, bool))["unseen"] is None


def test_the_second_guess_counts_beside_the_first():
    split = scored(("joy", "love", 0.6), ("anger", "love", 0.6), ("love", "love", 0.6))
    split.scores[:, LABELS.index("joy")] = 0.2
    assert hit_rates(split, np.ones(3, bool))["first_or_second"].count == 2


def test_the_table_of_labels_says_what_the_accuracy_report_says():
    table, accuracy = label_table(SPLIT), measure_accuracy(SPLIT.gold, SPLIT.answers)
    assert table["macro_f1"] == pytest.approx(accuracy.macro_f1)
    assert repr(table["labels"]) == repr(accuracy.labels)  # NaN is not equal to itself


def test_the_mean_score_of_a_label_is_that_of_the_answers_with_it():
    mean_scores = label_table(SPLIT)["mean_scores"]
    assert mean_scores["neutral"] == pytest.approx((0.7 + 0.6 + 0.5) / 3)
    assert math.isnan(mean_scores["anger"])


def test_f1_is_scikit_learns():
    random = np.random.default_rng(3)
    gold, named = random.random((2, 200, 28)) < 0.2
    assert macro_f1(gold, named) == pytest.approx(f1_score(gold, named, average="macro"))
    assert f1_figures(gold, named)["micro_f1"] == pytest.approx(
        f1_score(gold, named, average="micro")
    )
