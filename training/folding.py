"""Scores of 28 labels folded into 14, in several ways, and the hit rates of each."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from evaluation.dataset import Comment
from evaluation.gold import MEMBERSHIP, find_hits, fold_probabilities, folded_gold
from goemotions.calibration import softmax
from training.settings import Loss

# What goemotions.taxonomy.fold does.
SERVED_FOLDING: Final = "sum"


def scores_of(logits: NDArray[np.float32], loss: Loss) -> NDArray[np.floating]:
    """The scores ``(comments, 28)`` of logits of a model that was trained with that loss.

    Probabilities that sum to 1 for the softmax loss, one chance a label for the sigmoid one.
    """
    if loss == "softmax":
        return softmax(logits)
    scores: NDArray[np.floating] = expit(logits)
    return scores


def folded_scores(logits: NDArray[np.float32], loss: Loss) -> NDArray[np.floating]:
    """The same folded into ``(comments, 14)`` as they are served."""
    return fold_probabilities(scores_of(logits, loss))


def hit_rates_by_folding(
    logits: NDArray[np.float32], comments: Sequence[Comment], loss: Loss = "softmax"
) -> dict[str, float]:
    """The hit rate (0 to 1) by each way of folding 28 labels into 14, ``SERVED_FOLDING`` first.

    ``power_mean`` scores a group by the root of its summed squared probabilities, which is
    between its largest probability and their sum.
    """
    gold = folded_gold(comments)
    probabilities = scores_of(logits, loss)
    foldings = {
        SERVED_FOLDING: folded_scores(logits, loss),
        "power_mean": np.sqrt(probabilities**2 @ MEMBERSHIP),
        "largest": np.stack([probabilities[:, group > 0].max(axis=1) for group in MEMBERSHIP.T], 1),
    }
    return {name: float(find_hits(scores, gold).mean()) for name, scores in foldings.items()}
