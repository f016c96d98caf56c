"""Logits of a model in training, and the hit rates of each way of folding them."""

import numpy as np
import pytest

from evaluation.dataset import Comment
from goemotions.taxonomy import SOURCE_LABELS
from training.base_encoder import load_classifier
from training.folding import hit_rates_by_folding
from training.logits import compute_logits

pytestmark = pytest.mark.weights


def logits_of(**probabilities):
    row = np.full(28, 1e-6)
    for label, probability in probabilities.items():
        row[SOURCE_LABELS.index(label)] = probability
    return np.log(row)[None].astype(np.float32)


def gold(*labels):
    return [Comment("text", tuple(SOURCE_LABELS.index(label) for label in labels), "id")]


@pytest.mark.parametrize(
    ("label", "largest", "power_mean", "total"), [("neutral", 1, 0, 0), ("grief", 0, 1, 1)]
)
def test_the_ways_of_folding_differ_where_a_group_shares_its_mass(
    label, largest, power_mean, total
):
    logits = logits_of(neutral=0.35, fear=0.3, nervousness=0.3)
    rates = hit_rates_by_folding(logits, gold(label))
    assert rates == {"largest": largest, "power_mean": power_mean, "sum": total}


def test_a_comment_with_two_gold_labels_is_hit_by_either():
    logits = np.concatenate([logits_of(joy=0.9), logits_of(love=0.9), logits_of(anger=0.9)])
    assert hit_rates_by_folding(logits, gold("joy", "love") * 3)["largest"] == pytest.approx(2 / 3)


def test_logits_do_not_depend_on_the_order_or_the_batch(base_encoder):
    model = load_classifier(base_encoder)
    ids = [(4, 7, 8, 5), (4, 9, 5), (4, 10, 11, 12, 13, 5), (4, 14, 5)]
    one_by_one = np.concatenate([compute_logits(model, [row]) for row in ids])
    np.testing.assert_allclose(compute_logits(model, ids, batch_size=3), one_by_one, atol=1e-5)
    backwards = compute_logits(model, ids[::-1])[::-1]
    np.testing.assert_allclose(backwards, one_by_one, atol=1e-5)
