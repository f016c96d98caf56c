"""What training minimises: softmax cross-entropy against evenly split, smoothed gold labels."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional


def target_distributions(gold: Sequence[Sequence[int]], labels: int, smoothing: float) -> Tensor:
    """The probabilities to learn, ``(len(gold), labels)``, float32, each row summing to 1.

    A comment's mass is split evenly over its gold label indices, then mixed with the uniform
    distribution by the weight ``smoothing`` (Szegedy et al. 2016, arXiv:1512.00567). Raises
    ``ValueError`` for a comment without a gold label.
    """
    targets = torch.zeros(len(gold), labels)
    for row, indices in enumerate(gold):
        if not indices:
            raise ValueError(f"comment {row} has no gold label; each needs one or more")
        targets[row, list(indices)] = 1.0 / len(indices)
    return targets * (1.0 - smoothing) + smoothing / labels


def soft_cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """The mean over the batch of ``-sum(targets * log softmax(logits))``, in float32.

    ``logits`` and ``targets`` are ``(batch, labels)``; the result is a scalar of at least the
    targets' mean entropy.
    """
    return functional.cross_entropy(logits.float(), targets)
