"""Temperature scaling: one number that makes a highest score the share of hits.

Guo et al. 2017, "On Calibration of Modern Neural Networks", arXiv:1706.04599.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from goemotions.classifier import softmax
from training.evaluation import find_hits

BINS: Final = 15
_TEMPERATURES: Final = (0.05, 20.0)


def fit_temperature(logits: NDArray[np.float32], gold: NDArray[np.bool_]) -> float:
    """The temperature, 0.05 to 20, under which the highest scores predict the hits best.

    ``logits`` are ``(comments, labels)``, ``gold`` likewise. What is minimised is the log loss of
    "the answer is among the gold labels", since that is how a score is read: a comment with two
    gold labels is answered right by either, which a loss over all labels would count as half.
    Raises ``ValueError`` where there are no comments.
    """
    if not len(logits):
        raise ValueError("there are no comments to fit the temperature on")
    hits = find_hits(logits, gold)

    def log_loss(log_temperature: float) -> float:
        confidences = softmax(logits, float(np.exp(log_temperature))).max(axis=1)
        chances = np.clip(np.where(hits, confidences, 1 - confidences), 1e-12, 1.0)
        return float(-np.log(chances).mean())

    found = minimize_scalar(log_loss, bounds=tuple(np.log(_TEMPERATURES)), method="bounded")
    return float(np.exp(found.x))


def expected_calibration_error(
    confidences: NDArray[np.floating], hits: NDArray[np.bool_], bins: int = BINS
) -> float:
    """The mean gap, 0 to 1, between confidence and share of hits over bins of equal width.

    ``confidences`` ``(comments,)`` are the highest scores, 0 to 1; a bin weighs as many comments
    as lie in it. Raises ``ValueError`` where there are no comments.
    """
    if not len(confidences):
        raise ValueError("there are no comments to measure the calibration on")
    # A bin takes its upper edge, as in Guo et al.
    rows = np.clip(np.ceil(confidences * bins).astype(int) - 1, 0, bins - 1)
    gaps = np.bincount(rows, weights=hits - confidences, minlength=bins)
    return float(np.abs(gaps).sum() / len(confidences))
