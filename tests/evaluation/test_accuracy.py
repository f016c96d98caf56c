"""Hit rate, figures by label and confusion matrix, against counts by hand."""

import json
import math

import numpy as np
import pytest
from matplotlib.image import imread

from evaluation.accuracy import measure_accuracy
from evaluation.confusion_plot import plot_confusion
from goemotions.taxonomy import LABELS

ANSWERS = [
    ("joy", "joy"),
    ("joy love", "love"),
    ("joy", "neutral"),
    ("anger sadness", "neutral"),
    ("neutral", "neutral"),
]


def measure(answers=ANSWERS):
    """The accuracy of pairs of gold labels and prediction."""
    gold = np.array([[label in wanted.split() for label in LABELS] for wanted, _ in answers])
    return measure_accuracy(gold, np.array([LABELS.index(label) for _, label in answers], int))


def figures_of(label):
    return next(each for each in measure().labels if each.label == label)


def test_the_hit_rate_is_the_share_of_predictions_among_the_gold_labels():
    hits = measure().hits
    assert (hits.count, hits.of, hits.rate) == (3, 5, 0.6)


def test_precision_is_the_share_of_hits_among_a_labels_predictions():
    assert figures_of("neutral").precision == pytest.approx(1 / 3)
    assert figures_of("neutral").predicted == 3


def test_recall_is_the_share_of_hits_among_the_comments_whose_gold_has_the_label():
    joy = figures_of("joy")
    assert (joy.recall, joy.support) == (pytest.approx(1 / 3), 3)


def test_f1_is_the_harmonic_mean():
    assert figures_of("joy").f1 == pytest.approx(2 * 1 * (1 / 3) / (1 + 1 / 3))


def test_what_can_not_be_divided_is_nan_and_null_in_json():
    anger = figures_of("anger")
    assert math.isnan(anger.precision)
    assert anger.recall == 0
    assert measure().as_json()["labels"]["anger"]["precision"] is None


def test_macro_f1_leaves_out_labels_that_neither_occur_nor_are_predicted():
    # joy 1/2, love 1, neutral 1/2, anger 0, sadness 0
    assert measure().macro_f1 == pytest.approx(2 / 5)


def test_a_hit_counts_in_the_confusion_matrix_under_the_predicted_label_alone():
    confusion = measure([("joy love", "love")]).confusion
    assert confusion[LABELS.index("love"), LABELS.index("love")] == 1
    assert confusion.sum() == 1


def test_a_miss_counts_under_each_gold_label_in_equal_parts():
    confusion = measure([("anger sadness", "neutral")]).confusion
    assert confusion[LABELS.index("anger"), LABELS.index("neutral")] == 0.5
    assert confusion[LABELS.index("sadness"), LABELS.index("neutral")] == 0.5
    assert confusion.sum() == 1


def test_the_confusion_matrix_sums_to_the_number_of_answers():
    assert measure().confusion.sum() == pytest.approx(len(ANSWERS))


def test_no_answers_can_not_be_measured():
    with pytest.raises(ValueError, match="no answers"):
        measure([])


def test_the_json_can_be_read_again():
    document = json.loads(json.dumps(measure().as_json(), allow_nan=False))
    assert (document["correct"], document["incorrect"], document["hit_rate"]) == (3, 2, 0.6)
    assert document["interval_95"] == pytest.approx(measure().hits.interval, abs=1e-5)
    assert list(document["labels"]) == list(LABELS)


def test_a_confusion_matrix_with_empty_rows_is_drawn(tmp_path):
    file = tmp_path / "confusion.png"
    plot_confusion(measure().confusion, "five comments", file)
    assert np.ptp(imread(file)) > 0.5
