import json
import math

import numpy as np
import pytest
from matplotlib.image import imread

from evaluation.accuracy import Answer, measure
from evaluation.confusion_plot import plot_confusion
from goemotions.taxonomy import LABELS


def answer(gold, prediction):
    return Answer(frozenset(gold.split()), prediction)


ANSWERS = [
    answer("joy", "joy"),
    answer("joy love", "love"),
    answer("joy", "neutral"),
    answer("anger sadness", "neutral"),
    answer("neutral", "neutral"),
]


def quality_of(label, answers=ANSWERS):
    return next(quality for quality in measure(answers).labels if quality.label == label)


def test_a_prediction_hits_when_it_is_among_the_gold_labels():
    assert [answer.is_hit for answer in ANSWERS] == [True, True, False, False, True]


def test_the_hit_rate_is_the_share_of_hits():
    accuracy = measure(ANSWERS)
    assert (accuracy.correct, accuracy.incorrect, accuracy.hit_rate) == (3, 2, 0.6)


def test_the_interval_is_wilsons():
    # Wilson 1927 for 33 of 50, z = 1.959964: (p + z²/2n ± z √(pq/n + z²/4n²)) / (1 + z²/n)
    accuracy = measure([answer("joy", "joy")] * 33 + [answer("joy", "love")] * 17)
    assert accuracy.interval == pytest.approx((0.5215, 0.7756), abs=1e-4)


def test_the_interval_of_no_miss_is_not_a_point():
    low, high = measure([answer("joy", "joy")] * 10).interval
    assert low == pytest.approx(0.7225, abs=1e-4)
    assert high == 1


def test_precision_is_the_share_of_hits_among_a_labels_predictions():
    assert quality_of("neutral").precision == pytest.approx(1 / 3)
    assert quality_of("neutral").predicted == 3


def test_recall_is_the_share_of_hits_among_the_comments_whose_gold_has_the_label():
    joy = quality_of("joy")
    assert (joy.recall, joy.support) == (pytest.approx(1 / 3), 3)


def test_f1_is_the_harmonic_mean():
    assert quality_of("joy").f1 == pytest.approx(2 * 1 * (1 / 3) / (1 + 1 / 3))


def test_what_can_not_be_divided_is_nan_and_null_in_json():
    anger = quality_of("anger")
    assert math.isnan(anger.precision)
    assert anger.recall == 0
    assert measure(ANSWERS).as_json()["labels"]["anger"]["precision"] is None


def test_macro_f1_leaves_out_labels_that_neither_occur_nor_are_predicted():
    # joy 1/2, love 1, neutral 1/2, anger 0, sadness 0
    assert measure(ANSWERS).macro_f1 == pytest.approx(2 / 5)


def test_a_hit_counts_in_the_confusion_matrix_under_the_predicted_label_alone():
    confusion = measure([answer("joy love", "love")]).confusion
    assert confusion[LABELS.index("love"), LABELS.index("love")] == 1
    assert confusion.sum() == 1


def test_a_miss_counts_under_each_gold_label_in_equal_parts():
    confusion = measure([answer("anger sadness", "neutral")]).confusion
    assert confusion[LABELS.index("anger"), LABELS.index("neutral")] == 0.5
    assert confusion[LABELS.index("sadness"), LABELS.index("neutral")] == 0.5
    assert confusion.sum() == 1


def test_the_confusion_matrix_sums_to_the_number_of_answers():
    assert measure(ANSWERS).confusion.sum() == pytest.approx(len(ANSWERS))


def test_no_answers_can_not_be_measured():
    with pytest.raises(ValueError, match="no answers"):
        measure([])


def test_the_json_can_be_read_again():
    document = json.loads(json.dumps(measure(ANSWERS).as_json(), allow_nan=False))
    assert document["hit_rate"] == 0.6
    assert list(document["labels"]) == list(LABELS)


def test_a_confusion_matrix_with_empty_rows_is_drawn(tmp_path):
    file = tmp_path / "confusion.png"
    plot_confusion(measure(ANSWERS).confusion, "five comments", file)
    assert np.ptp(imread(file)) > 0.5
