"""Several labels a comment, by thresholds over 28 labels."""

import numpy as np
import pytest

from evaluation.quality_report.multi_label import (
    COUNT_RATIO,
    fit_each,
    fit_single,
    measure_multi_label,
    name_held_out,
    name_labels,
)
from evaluation.quality_report.scored import Scored
from goemotions.taxonomy import Taxonomy
from tests.evaluation.scored_rows import random_comments, random_split, scored

pytestmark = pytest.mark.usefixtures("few_draws")


def random_scores(comments, seed):
    return random_split(random_comments(comments, seed), seed + 1)[Taxonomy.ORIGINAL]


def test_a_label_is_named_from_its_threshold_on():
    scores = np.array([[0.5, 0.1], [0.49, 0.2]])
    assert name_labels(scores, np.array([0.5, 0.15])).tolist() == [[True, False], [False, True]]


def test_a_threshold_separates_what_can_be_separated():
    split = scored(
        *[("joy", "joy", 0.8)] * 3, *[("love", "joy", 0.4)] * 3, taxonomy=Taxonomy.ORIGINAL
    )
    threshold = fit_each(split)[split.labels.index("joy")]
    assert threshold == pytest.approx(0.6)


def test_a_label_without_a_gold_comment_is_never_named():
    split = scored(("joy", "anger", 0.999), taxonomy=Taxonomy.ORIGINAL)
    thresholds = fit_each(split)
    assert not name_labels(np.ones((1, 28)), thresholds)[0, split.labels.index("anger")]


def test_a_threshold_names_a_label_about_as_often_as_the_raters_did():
    split = random_scores(600, seed=3)
    named = name_labels(split.scores, fit_each(split)).sum(axis=0)
    gold = split.gold.sum(axis=0)
    assert (named >= np.floor(gold * COUNT_RATIO)).all()
    assert (named <= np.ceil(gold / COUNT_RATIO)).all()


def test_one_threshold_for_all_is_one_number():
    split = random_scores(200, seed=3)
    assert len(set(fit_single(split).tolist())) == 1


def test_a_comments_own_gold_labels_do_not_decide_what_it_is_named_held_out():
    split = random_scores(300, seed=5)
    before = name_held_out(split)
    for row in range(0, 300, 60):
        gold = split.gold.copy()
        gold[row] = ~gold[row]
        after = name_held_out(Scored(split.taxonomy, split.scores, gold))
        assert (after[row] == before[row]).all()


def test_thresholds_flatter_the_comments_that_they_were_fitted_on():
    split = random_scores(500, seed=5)
    gold = np.random.default_rng(0).permutation(split.gold)
    shuffled = Scored(split.taxonomy, split.scores, gold)
    found = measure_multi_label({"dev": shuffled, "test": shuffled})
    assert found["held_out"]["macro_f1"] < found["each"]["dev"]["macro_f1"]


def test_what_test_says_does_not_move_the_thresholds_and_those_tuned_on_it_flatter():
    dev, test = random_scores(300, seed=11), random_scores(300, seed=13)
    blind = Scored(test.taxonomy, test.scores, np.roll(test.gold, 1, axis=1))
    one, other = (measure_multi_label({"dev": dev, "test": split}) for split in (test, blind))
    assert one["thresholds"] == other["thresholds"]
    assert one["single"]["dev"] == other["single"]["dev"]
    assert one["flattered"] != other["flattered"]
    assert one["flattered"]["macro_f1"] > one["each"]["test"]["macro_f1"]
