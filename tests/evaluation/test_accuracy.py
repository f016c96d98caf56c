"""Hit rates, figures by label and confusion matrix, against counts by hand."""

import json
import math

import numpy as np
import pytest
from matplotlib.image import imread
from sklearn.metrics import f1_score

from evaluation.accuracy import measure_accuracy
from evaluation.confusion_plot import plot_confusion
from evaluation.quality import find_unseen
from evaluation.quality_report.labels import f1_figures, hit_rates, label_table
from goemotions.taxonomy import LABELS
from tests.evaluation.scored_rows import SPLIT, comment, scored


def measure(split=SPLIT):
    return measure_accuracy(split.gold, split.answers)


def test_the_hit_rate_is_the_share_of_predictions_among_the_gold_labels():
    hits = measure().hits
    assert (hits.count, hits.of, hits.rate) == (3, 5, 0.6)


@pytest.mark.parametrize(
    ("label", "figure", "wanted"),
    [
        ("neutral", "precision", 1 / 3),
        ("neutral", "predicted", 3),
        ("joy", "recall", 1 / 3),
        ("joy", "support", 3),
        ("joy", "f1", 2 * 1 * (1 / 3) / (1 + 1 / 3)),
        ("anger", "recall", 0),
        ("anger", "precision", math.nan),
    ],
)
def test_the_figures_of_a_label_are_counted_and_nan_if_they_can_not_be(label, figure, wanted):
    (found,) = (each for each in measure().labels if each.label == label)
    assert getattr(found, figure) == pytest.approx(wanted, nan_ok=True)


def test_macro_f1_leaves_out_labels_that_neither_occur_nor_are_predicted():
    # joy 1/2, love 1, neutral 1/2, anger 0, sadness 0
    assert measure().macro_f1 == pytest.approx(2 / 5)


@pytest.mark.parametrize(
    ("gold", "answer", "weights"),
    [
        ("joy love", "love", {"love": 1}),
        ("anger sadness", "neutral", {"anger": 0.5, "sadness": 0.5}),
    ],
)
def test_a_hit_is_under_its_label_in_the_confusion_matrix_and_a_miss_under_each_gold_one(
    gold, answer, weights
):
    confusion = measure(scored((gold, answer, 0.9))).confusion
    column = confusion[:, LABELS.index(answer)].tolist()
    assert {label: found for label, found in zip(LABELS, column, strict=True) if found} == weights
    assert confusion.sum() == 1


def test_the_confusion_matrix_sums_to_the_number_of_answers():
    assert measure().confusion.sum() == pytest.approx(len(SPLIT))


def test_no_answers_can_not_be_measured():
    with pytest.raises(ValueError, match="no answers"):
        measure(SPLIT.take(np.zeros(5, bool)))


def test_the_json_can_be_read_again():
    document = json.loads(json.dumps(measure().as_json(), allow_nan=False))
    assert (document["correct"], document["incorrect"], document["hit_rate"]) == (3, 2, 0.6)
    assert document["interval_95"] == pytest.approx(measure().hits.interval, abs=1e-5)
    assert list(document["labels"]) == list(LABELS)
    assert document["labels"]["anger"]["precision"] is None


def test_a_confusion_matrix_with_empty_rows_is_drawn(tmp_path):
    file = tmp_path / "confusion.png"
    plot_confusion(measure().confusion, "five comments", file)
    assert np.ptp(imread(file)) > 0.5


def test_a_text_of_train_is_known_again_whatever_its_case_and_spaces():
    asked = [comment("thank you SO much "), comment("thank you")]
    assert find_unseen(asked, [comment("Thank  You so much")]).tolist() == [False, True]


def test_hit_rates_are_counted():
    rates = hit_rates(SPLIT, unseen=np.array([True, False, True, False, False]))
    assert {name: (share.count, share.of) for name, share in rates.items()} == {
        "all": (3, 5),
        "unseen": (1, 2),
        "first_or_second": (3, 5),
        "always_neutral": (1, 5),
        "several_gold": (2, 5),
    }


def test_without_an_unseen_text_there_is_no_rate_of_unseen_ones():
    assert hit_rates(SPLIT, unseen=np.zeros(5, bool))["unseen"] is None


def test_the_second_guess_counts_beside_the_first():
    split = scored(("joy", "love", 0.6), ("anger", "love", 0.6), ("love", "love", 0.6))
    split.scores[:, LABELS.index("joy")] = 0.2
    assert hit_rates(split, np.ones(3, bool))["first_or_second"].count == 2


@pytest.mark.usefixtures("few_draws")
def test_the_table_of_labels_says_what_the_accuracy_report_says_and_mean_scores():
    table = label_table(SPLIT)
    assert table["macro_f1"] == pytest.approx(measure().macro_f1)
    assert repr(table["labels"]) == repr(measure().labels)  # NaN is not equal to itself
    assert table["mean_scores"]["neutral"] == pytest.approx((0.7 + 0.6 + 0.5) / 3)
    assert math.isnan(table["mean_scores"]["anger"])


@pytest.mark.usefixtures("few_draws")
@pytest.mark.parametrize("average", ["macro", "micro"])
def test_f1_is_scikit_learns(average):
    gold, named = np.random.default_rng(3).random((2, 200, 28)) < 0.2
    wanted = f1_score(gold, named, average=average)
    assert f1_figures(gold, named)[f"{average}_f1"] == pytest.approx(wanted)
