"""The hit rate of the answers that the model is surest of, and thresholds to tell them by."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from evaluation.formats import Figures
from evaluation.intervals import Share
from evaluation.quality_report.scored import Scored

TARGETS: Final = (0.8, 0.9)
_POINTS: Final = 100
_DIGITS: Final = 4  # of a threshold; more would say nothing


def coverage_curve(scored: Scored) -> Figures:
    """The risk-coverage curve of one split in one taxonomy; risk is 1 - hit rate.

    ``area``     mean risk over all coverages, 0 to 1; less is better (AURC: Geifman et al. 2019,
                 arXiv:1805.08206).
    ``ranking``  the chance that a hit's score is higher than a miss's (area under the ROC curve);
                 NaN if there are no hits or no misses.
    ``points``   at each hundredth of the comments: the surest, ``answered`` of all, 0 to 1, and
                 their hit rate.
    """
    _, rates = _surest_first(scored)
    shares = np.arange(1, _POINTS + 1) / _POINTS
    rows = np.maximum(1, np.rint(shares * len(rates))).astype(int) - 1
    both = 0 < scored.hits.sum() < len(scored)
    return {
        "area": float(1 - rates.mean()),
        "ranking": float(roc_auc_score(scored.hits, scored.top_scores)) if both else float("nan"),
        "points": [
            {"answered": share, "hit_rate": rate}
            for share, rate in zip(shares.tolist(), rates[rows].tolist(), strict=True)
        ],
    }


def find_threshold(dev: Scored, target: float) -> float | None:
    """The lowest score, to four digits, from which on dev's answers reach the hit rate ``target``.

    None if there is none.
    """
    scores, rates = _surest_first(dev)
    # Rounded down to what is written, a threshold lets in the comments just below it too.
    candidates = np.floor(scores * 10**_DIGITS) / 10**_DIGITS
    is_last = np.append(candidates[1:] < candidates[:-1], [True])
    reached = np.flatnonzero(is_last & (rates >= target))
    return float(candidates[reached[-1]]) if len(reached) else None


def apply_threshold(splits: Mapping[str, Scored], target: float) -> Figures:
    """The score from which on answers reach the hit rate ``target``.

    ``score``     chosen on dev: the lowest that reaches it there; None if none does.
    ``answered``  by split: the comments with at least that score, among all.
    ``hits``      by split: the hits among these; a split without such a comment is left out.
    """
    score = find_threshold(splits["dev"], target)
    sure = (
        {} if score is None else {name: each.top_scores >= score for name, each in splits.items()}
    )
    return {
        "target": target,
        "score": score,
        "answered": {name: Share.among(rows) for name, rows in sure.items()},
        "hits": {
            name: Share.among(splits[name].hits[rows]) for name, rows in sure.items() if rows.any()
        },
    }


def _surest_first(scored: Scored) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """``(comments,)`` each: the scores, the highest first, and the hit rate down to each."""
    order = np.argsort(-scored.top_scores, kind="stable")
    rates = scored.hits[order].cumsum() / np.arange(1, len(order) + 1)
    return scored.top_scores[order], rates
