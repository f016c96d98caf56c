"""The scores of answers against the share of them that is right."""

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import brier_score_loss, log_loss

from evaluation.calibration_fit import BINS, bin_numbers, expected_calibration_error
from evaluation.formats import Figures
from evaluation.intervals import DRAWS, SEED, Share, bootstrap_interval
from evaluation.quality_report.scored import Scored


def measure_reliability(scored: Scored) -> Figures:
    """The highest scores of a split against its hits; all figures but the bins' are means.

    ``error``           expected calibration error over 15 bins of equal width, 0 to 1.
    ``error_interval``  by bootstrap; it is too high, since a resample adds noise to each bin.
    ``if_perfect``      the error that a perfectly calibrated model with these scores would show.
    ``gap``             mean score minus hit rate: above 0, the scores are too high.
    ``log_loss``, ``brier``  of "the answer is a gold label"; with ``_constant``: the same if every
                        comment had the same score, the hit rate.
    ``bins``            those that are not empty: the scores above ``low`` and at most ``high``.
    """
    scores, hits = scored.top_scores, scored.hits
    error = expected_calibration_error(scores, hits)
    constant = np.full(len(hits), hits.mean())
    return {
        "error": error,
        "error_interval": bootstrap_interval(
            lambda rows: expected_calibration_error(scores[rows], hits[rows]), len(hits)
        ),
        "if_perfect": _if_perfect(scores, error),
        "gap": float(scores.mean() - hits.mean()),
        "log_loss": float(log_loss(hits, scores, labels=[False, True])),
        "log_loss_constant": float(log_loss(hits, constant, labels=[False, True])),
        "brier": float(brier_score_loss(hits, scores, pos_label=True)),
        "brier_constant": float(brier_score_loss(hits, constant, pos_label=True)),
        "bins": _bins(scores, hits),
    }


def _if_perfect(scores: NDArray[np.float64], measured: float) -> Figures:
    """The error by chance alone, which is a sum of absolute gaps and so above 0.

    It is simulated by drawing hits with the very probabilities that the scores say: ``mean`` is
    its mean over the draws, ``quantile_95`` is above it in 95 % of them, and ``as_high`` is the
    share of draws in which it is at least the error that was ``measured``.
    """
    random = np.random.default_rng(SEED)
    draws = (random.random(len(scores)) < scores for _ in range(DRAWS))
    errors = np.array([expected_calibration_error(scores, hits) for hits in draws])
    return {
        "mean": float(errors.mean()),
        "quantile_95": float(np.quantile(errors, 0.95)),
        "as_high": float((errors >= measured).mean()),
    }


def _bins(scores: NDArray[np.float64], hits: NDArray[np.bool_]) -> list[Figures]:
    numbers = bin_numbers(scores, BINS)
    return [
        {
            "low": number / BINS,
            "high": (number + 1) / BINS,
            "mean_score": float(scores[numbers == number].mean()),
            "hits": Share.among(hits[numbers == number]),
        }
        for number in np.unique(numbers).tolist()
    ]
