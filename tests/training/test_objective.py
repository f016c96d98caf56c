"""The loss is the cross-entropy against evenly split, smoothed gold labels."""

import math

import pytest
import torch

from training.objective import soft_cross_entropy, target_distributions


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
