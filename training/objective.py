"""The loss that training minimises, and the targets that it learns."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from goemotions.taxonomy import GROUP_COLUMNS
from training.settings import Loss, Target, TrainingSettings


def target_distributions(gold: Sequence[Sequence[int]], labels: int, smoothing: float) -> Tensor:
    """The probabilities to learn, ``(len(gold), labels)``, float32, each row summing to 1.

    A comment's mass is split evenly over its gold label indices, then mixed with the uniform
    distribution by the weight ``smoothing`` (Szegedy et al. 2016, arXiv:1512.00567). Raises
    ``ValueError`` for a comment without a gold label.
    """
    rows = gold_indicators(gold, labels)
    targets = rows / rows.sum(dim=1, keepdim=True)
    return targets * (1.0 - smoothing) + smoothing / labels


def gold_indicators(gold: Sequence[Sequence[int]], labels: int) -> Tensor:
    """``(len(gold), labels)``, float32: 1 for a gold label, else 0.

    Raises ``ValueError`` for a comment without a gold label.
    """
    indicators = torch.zeros(len(gold), labels)
    for row, indices in enumerate(gold):
        if not indices:
            raise ValueError(f"comment {row} has no gold label; each needs one or more")
        indicators[row, list(indices)] = 1.0
    return indicators


def compute_loss(settings: TrainingSettings, logits: Tensor, targets: Tensor) -> Tensor:
    """The scalar that the settings minimise, in float32.

    ``logits`` and ``targets`` are ``(batch, 28)``. With ``consistency`` they hold each comment
    twice, the second halves under another dropout.
    """
    logits = logits.float()
    loss = _loss(settings.loss, settings.target, logits, targets)
    if settings.consistency:
        loss = loss + settings.consistency * disagreement(*logits.chunk(2))
    return loss


def soft_cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """The mean over the batch of ``-sum(targets * log softmax(logits))``, in float32.

    ``logits`` and ``targets`` are ``(batch, labels)``; the result is a scalar of at least the
    targets' mean entropy.
    """
    return functional.cross_entropy(logits.float(), targets)


def disagreement(one: Tensor, other: Tensor) -> Tensor:
    """The mean of the two Kullback-Leibler divergences between ``softmax`` of logits.

    Both are ``(batch, labels)``; the result is a scalar of at least 0, and is R-Drop's
    regulariser (Liang et al. 2021, arXiv:2106.14448).
    """
    logs = torch.log_softmax(one, dim=1), torch.log_softmax(other, dim=1)
    both_ways = (
        functional.kl_div(first, second, reduction="batchmean", log_target=True)
        for first, second in (logs, logs[::-1])
    )
    return torch.stack(list(both_ways)).mean()


def fold_logits(logits: Tensor) -> Tensor:
    """``(batch, 28)`` to ``(batch, 14)``, as `goemotions.taxonomy.fold` does, with a gradient."""
    return torch.stack([logits[:, columns].logsumexp(dim=1) for columns in GROUP_COLUMNS], dim=1)


def _loss(loss: Loss, target: Target, logits: Tensor, targets: Tensor) -> Tensor:
    if loss == "sigmoid":
        return functional.binary_cross_entropy_with_logits(logits, targets)
    parts = {
        "original": lambda: soft_cross_entropy(logits, targets),
        "served": lambda: soft_cross_entropy(fold_logits(logits), _fold_targets(targets)),
    }
    wanted = list(parts) if target == "both" else [target]
    return torch.stack([parts[name]() for name in wanted]).mean()


def _fold_targets(targets: Tensor) -> Tensor:
    return torch.stack([targets[:, columns].sum(dim=1) for columns in GROUP_COLUMNS], dim=1)
