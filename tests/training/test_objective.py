"""The loss is the cross-entropy against evenly split, smoothed gold labels."""

import math

import numpy as np
import pytest
import torch

from goemotions.taxonomy import fold
from training.objective import (
    compute_loss,
    disagreement,
    fold_logits,
    gold_indicators,
    soft_cross_entropy,
    target_distributions,
)
from training.settings import TrainingSettings

pytestmark = pytest.mark.weights


def test_the_mass_is_split_evenly_over_the_gold_labels():
    targets = target_distributions([(1,), (0, 2)], labels=4, smoothing=0.0)
    assert targets.tolist() == [[0.0, 1.0, 0.0, 0.0], [0.5, 0.0, 0.5, 0.0]]


def test_smoothing_gives_each_label_its_share():
    targets = target_distributions([(1,)], labels=4, smoothing=0.2)
    assert targets.flatten().tolist() == pytest.approx([0.05, 0.85, 0.05, 0.05])


def test_each_row_sums_to_one():
    targets = target_distributions([(0,), (0, 1, 2), (27, 4)], labels=28, smoothing=0.05)
    assert targets.sum(dim=1).tolist() == pytest.approx([1.0, 1.0, 1.0])


def test_a_comment_without_gold_is_refused():
    with pytest.raises(ValueError, match="comment 1 has no gold label"):
        target_distributions([(0,), ()], labels=4, smoothing=0.0)


def test_even_logits_cost_the_logarithm_of_the_number_of_labels():
    targets = target_distributions([(1,), (0, 2)], labels=4, smoothing=0.1)
    assert soft_cross_entropy(torch.zeros(2, 4), targets).item() == pytest.approx(math.log(4))


def test_the_loss_is_least_where_the_probabilities_are_the_targets():
    targets = target_distributions([(1, 3)], labels=4, smoothing=0.1)
    best = targets.log().requires_grad_()
    soft_cross_entropy(best, targets).backward()
    assert best.grad.abs().max().item() < 1e-6


def test_half_precision_logits_are_summed_in_full_precision():
    targets = target_distributions([(1,)], labels=28, smoothing=0.0)
    assert (
        soft_cross_entropy(torch.zeros(1, 28, dtype=torch.bfloat16), targets).dtype == torch.float32
    )


def test_folding_with_a_gradient_is_the_folding_that_serves():
    logits = torch.randn(5, 28)
    np.testing.assert_allclose(fold_logits(logits).numpy(), fold(logits.numpy()), rtol=1e-5)


def test_both_targets_weigh_alike():
    logits, targets = torch.randn(3, 28), target_distributions([(1,), (2, 3), (27,)], 28, 0.1)
    losses = {
        target: compute_loss(TrainingSettings(target=target), logits, targets).item()
        for target in ("original", "served", "both")
    }
    assert losses["served"] < losses["original"]
    assert losses["both"] == pytest.approx((losses["original"] + losses["served"]) / 2)


def test_the_served_target_does_not_care_which_label_of_a_group_it_is():
    # admiration and approval fold into one label, anger into another
    served = TrainingSettings(target="served")
    logits = torch.zeros(1, 28)
    costs = [
        compute_loss(served, logits.scatter(1, torch.tensor([[source]]), 5.0),
                     target_distributions([(0,)], 28, 0.0)).item()
        for source in (0, 4, 2)
    ]  # fmt: skip
    assert costs[0] == pytest.approx(costs[1])
    assert costs[2] > costs[0]


def test_the_sigmoid_loss_is_least_where_gold_labels_are_certain():
    sigmoid, gold = TrainingSettings(loss="sigmoid"), gold_indicators([(1, 4)], 28)
    sure, unsure = compute_loss(sigmoid, 20 * gold - 10, gold), compute_loss(sigmoid, gold, gold)
    assert sure.item() < 0.01 < unsure.item()


def test_two_dropouts_that_agree_cost_nothing_more():
    logits = torch.randn(4, 28)
    assert disagreement(logits, logits).item() == pytest.approx(0, abs=1e-6)
    assert disagreement(logits, logits.roll(1, 1)).item() > 0
    targets = target_distributions([(1,)] * 8, 28, 0.0)
    twice = torch.cat([logits, logits])
    plain = compute_loss(TrainingSettings(), twice, targets)
    regularised = compute_loss(TrainingSettings(consistency=3.0), twice, targets)
    assert regularised.item() == pytest.approx(plain.item(), abs=1e-5)
