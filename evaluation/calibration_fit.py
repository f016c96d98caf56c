"""The fit of temperature scaling: one temperature, or one that depends on how sure the model is.

Guo et al. 2017, "On Calibration of Modern Neural Networks", arXiv:1706.04599, and
``goemotions.calibration``.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar

from evaluation.gold import find_hits
from goemotions.calibration import TEMPERATURES, Calibration

BINS: Final = 15


def fit_temperature(logits: NDArray[np.float32], gold: NDArray[np.bool_]) -> float:
    """The temperature, 0.05 to 20, under which the highest scores predict the hits best.

    ``logits`` are ``(comments, labels)``, ``gold`` likewise. The fit minimises the log loss of
    "the answer is among the gold labels", since that is how a score is read: for a comment with
    two gold labels either answer is right, which a loss over all labels would count as half.
    Raises ``ValueError`` if there are no comments.
    """
    hits = _find_hits(logits, gold)
    found = minimize_scalar(
        lambda constant: _log_loss(Calibration(constant), logits, hits),
        bounds=tuple(np.log(TEMPERATURES)),
        method="bounded",
    )
    return float(np.exp(found.x))


def fit_calibration(logits: NDArray[np.float32], gold: NDArray[np.bool_]) -> Calibration:
    """The calibration under which the highest scores predict the hits best.

    It minimises the same log loss as ``fit_temperature``, from whose result it starts; to four
    digits.
    Raises ``ValueError`` if there are no comments.
    """
    hits = _find_hits(logits, gold)
    found = minimize(
        lambda coefficients: _log_loss(Calibration.of(coefficients), logits, hits),
        x0=(np.log(fit_temperature(logits, gold)), 0.0, 0.0),
        method="BFGS",
    )
    return Calibration.of([round(float(coefficient), 4) for coefficient in found.x])


def _find_hits(logits: NDArray[np.float32], gold: NDArray[np.bool_]) -> NDArray[np.bool_]:
    if not len(logits):
        raise ValueError("there are no comments to fit the temperature on")
    return find_hits(logits, gold)


def _log_loss(
    calibration: Calibration, logits: NDArray[np.float32], hits: NDArray[np.bool_]
) -> float:
    """That of "the answer is a gold label"."""
    confidences = calibration.probabilities(logits).max(axis=1)
    chances = np.clip(np.where(hits, confidences, 1 - confidences), 1e-12, 1.0)
    return float(-np.log(chances).mean())


def expected_calibration_error(
    confidences: NDArray[np.floating], hits: NDArray[np.bool_], bins: int = BINS
) -> float:
    """The mean gap, 0 to 1, between confidence and share of hits over bins of equal width.

    ``confidences`` ``(comments,)`` are the highest scores, 0 to 1; a bin weighs as many comments
    as are in it. Raises ``ValueError`` if there are no comments.
    """
    if not len(confidences):
        raise ValueError("there are no comments to measure the calibration on")
    gaps = np.bincount(bin_numbers(confidences, bins), weights=hits - confidences)
    return float(np.abs(gaps).sum() / len(confidences))


def bin_numbers(confidences: NDArray[np.floating], bins: int) -> NDArray[np.intp]:
    """``(comments,)``: the bin of each, 0 to ``bins - 1``; its upper edge belongs to it."""
    numbers: NDArray[np.intp] = np.clip(np.ceil(confidences * bins).astype(int) - 1, 0, bins - 1)
    return numbers
