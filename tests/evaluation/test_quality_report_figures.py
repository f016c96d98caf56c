"""Hit rates, labels, slices and mistakes, against counts by hand."""

import math

import numpy as np
import pytest
from sklearn.metrics import f1_score

from evaluation.accuracy import Answer, measure
from evaluation.quality_report.formats import figure, p_value, percent, points
from evaluation.quality_report.hit_rates import HitRates
from evaluation.quality_report.intervals import Share, bootstrap_interval
from evaluation.quality_report.json_file import as_json
from evaluation.quality_report.label_table import LabelTable, macro_f1, micro_f1
from goemotions.taxonomy import LABELS, Taxonomy
from tests.evaluation.scored_rows import SPLIT, scored


def test_a_share_has_wilsons_interval():
    # Wilson 1927 for 33 of 50, z = 1.959964: (p + z²/2n ± z √(pq/n + z²/4n²)) / (1 + z²/n)
    share = Share.among(np.arange(50) < 33)
    assert (share.count, share.of, share.rate) == (33, 50, 0.66)
    assert share.standard_error == pytest.approx(math.sqrt(0.66 * 0.34 / 50))
    assert (share.interval.low, share.interval.high) == pytest.approx((0.5215, 0.7756), abs=1e-4)


def test_there_is_no_share_of_nothing():
    with pytest.raises(ValueError, match="nothing"):
        Share.among(np.empty(0, bool))


def test_the_bootstrap_interval_of_a_mean_is_about_two_standard_errors_wide_and_repeatable():
    values = np.random.default_rng(0).normal(5, 2, 400)
    found = bootstrap_interval(lambda rows: float(values[rows].mean()), len(values))
    error = values.std() / math.sqrt(400)
    assert found.low == pytest.approx(values.mean() - 1.96 * error, abs=0.3 * error)
    assert found.high == pytest.approx(values.mean() + 1.96 * error, abs=0.3 * error)
    assert bootstrap_interval(lambda rows: float(values[rows].mean()), len(values)) == found


def test_hit_rates_are_counted():
    rates = HitRates.of(SPLIT, unseen=np.array([True, False, True, False, False]))
    assert (rates.all.count, rates.all.of) == (3, 5)
    assert (rates.unseen.count, rates.unseen.of) == (1, 2)
    assert (rates.always_neutral.count, rates.several_gold.count) == (1, 2)


def test_where_every_text_stands_in_train_there_is_no_rate_of_the_others():
    assert HitRates.of(SPLIT, unseen=np.zeros(5, bool)).unseen is None


def test_the_second_guess_counts_beside_the_first():
    split = scored(("joy", "love", 0.6), ("anger", "love", 0.6), ("love", "love", 0.6))
    split.scores[:, LABELS.index("joy")] = 0.2
    assert HitRates.of(split, np.ones(3, bool)).first_or_second.count == 2


def test_the_table_of_labels_says_what_the_accuracy_report_says():
    answers = [
        Answer(frozenset({"joy"}), "joy"),
        Answer(frozenset({"joy", "love"}), "love"),
        Answer(frozenset({"joy"}), "neutral"),
        Answer(frozenset({"anger", "sadness"}), "neutral"),
        Answer(frozenset({"neutral"}), "neutral"),
    ]
    table, accuracy = LabelTable.of(SPLIT), measure(answers)
    assert table.macro_f1 == pytest.approx(accuracy.macro_f1)
    for ours, theirs in zip(table.labels, accuracy.labels, strict=True):
        assert ours.label == theirs.label
        assert (ours.support, ours.answered) == (theirs.support, theirs.predicted)
        for name in ("precision", "recall", "f1"):
            assert getattr(ours, name) == pytest.approx(getattr(theirs, name), nan_ok=True)


def test_the_mean_score_of_a_label_is_that_of_the_answers_with_it():
    by_label = {each.label: each for each in LabelTable.of(SPLIT).labels}
    assert by_label["neutral"].mean_score == pytest.approx((0.7 + 0.6 + 0.5) / 3)
    assert math.isnan(by_label["anger"].mean_score)


def test_f1_is_scikit_learns():
    random = np.random.default_rng(3)
    gold, said = random.random((2, 200, 28)) < 0.2
    assert macro_f1(gold, said) == pytest.approx(f1_score(gold, said, average="macro"))
    assert micro_f1(gold, said) == pytest.approx(f1_score(gold, said, average="micro"))


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


def test_what_is_not_defined_is_null_in_json():
    assert as_json({Taxonomy.SERVED: (math.nan, None, 0.123456)}) == {
        "served": [None, None, 0.12346]
    }


def test_what_has_no_place_in_json_is_refused():
    with pytest.raises(TypeError, match="set"):
        as_json({"a": {1, 2}})
