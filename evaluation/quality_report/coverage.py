"""The hit rate of the answers that the model is surest of, and thresholds to tell them by."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from evaluation.intervals import Share
from evaluation.quality_report.scored import Scored

TARGETS: Final = (0.8, 0.9)
_POINTS: Final = 100
_DIGITS: Final = 4  # of a threshold; more would say nothing


@dataclass(frozen=True, slots=True)
class CoveragePoint:
    """The surest comments, ``answered`` of all (0 to 1), and their hit rate."""

    answered: float
    hit_rate: float


@dataclass(frozen=True, slots=True)
class CoverageCurve:
    """The risk-coverage curve of a split; risk is 1 - hit rate.

    ``area``     mean risk over all coverages, 0 to 1; less is better (AURC: Geifman et al. 2019,
                 arXiv:1805.08206).
    ``ranking``  the chance that a hit's score is higher than a miss's (area under the ROC curve);
                 NaN if there are no hits or no misses.
    ``points``   at each hundredth of the comments.
    """

    area: float
    ranking: float
    points: tuple[CoveragePoint, ...]

    @classmethod
    def of(cls, scored: Scored) -> Self:
        """The curve of one split in one taxonomy."""
        hits = scored.hits[_surest_first(scored)]
        rates = hits.cumsum() / np.arange(1, len(hits) + 1)
        shares = np.arange(1, _POINTS + 1) / _POINTS
        rows = np.maximum(1, np.rint(shares * len(hits))).astype(int) - 1
        both = 0 < hits.sum() < len(hits)
        return cls(
            area=float(1 - rates.mean()),
            ranking=float(roc_auc_score(scored.hits, scored.top_scores)) if both else float("nan"),
            points=tuple(
                CoveragePoint(float(share), float(rates[row]))
                for share, row in zip(shares, rows, strict=True)
            ),
        )


@dataclass(frozen=True, slots=True)
class Threshold:
    """The score from which on answers reach a hit rate.

    ``target``    the hit rate that was wanted, 0 to 1.
    ``score``     chosen on dev: the lowest that reaches it there; None if none does.
    ``answered``  by split: the comments with at least that score, among all.
    ``hits``      by split: the hits among these; a split without such a comment is left out.
    """

    target: float
    score: float | None
    answered: Mapping[str, Share]
    hits: Mapping[str, Share]


def find_threshold(dev: Scored, target: float) -> float | None:
    """The lowest score, to four digits, from which on dev's answers reach the hit rate ``target``.

    None if there is none.
    """
    order = _surest_first(dev)
    scores = dev.top_scores[order]
    rates = dev.hits[order].cumsum() / np.arange(1, len(order) + 1)
    # Rounded down to what is written, a threshold lets in the comments just below it too.
    candidates = np.floor(scores * 10**_DIGITS) / 10**_DIGITS
    is_last = np.append(candidates[1:] < candidates[:-1], [True])
    reached = np.flatnonzero(is_last & (rates >= target))
    return float(candidates[reached[-1]]) if len(reached) else None


def apply_threshold(splits: Mapping[str, Scored], target: float) -> Threshold:
    """The threshold for ``target`` that ``splits["dev"]`` gives, and its outcome on each split."""
    score = find_threshold(splits["dev"], target)
    if score is None:
        return Threshold(target, None, answered={}, hits={})
    sure = {split: scored.top_scores >= score for split, scored in splits.items()}
    return Threshold(
        target,
        score,
        answered={split: Share.among(rows) for split, rows in sure.items()},
        hits={
            split: Share.among(splits[split].hits[rows])
            for split, rows in sure.items()
            if rows.any()
        },
    )


def _surest_first(scored: Scored) -> NDArray[np.intp]:
    return np.argsort(-scored.top_scores, kind="stable")
