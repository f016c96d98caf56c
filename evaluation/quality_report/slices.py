"""The hit rate and the calibration by kind of comment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import fisher_exact

from evaluation.dataset import Comment
from evaluation.quality_report.intervals import Share
from evaluation.quality_report.scored import Scored
from evaluation.quality_report.slice_rules import SLICE_RULES


@dataclass(frozen=True, slots=True)
class Slice:
    """The comments of one kind.

    ``gap``         mean score minus hit rate: above 0, the scores promise too much.
    ``difference``  their hit rate minus that of all other comments; None where there are none.
    ``p_value``     of that difference, by Fisher's exact test, for this slice by itself.
    """

    name: str
    hits: Share
    gap: float
    difference: float | None
    p_value: float | None


def measure_slices(scored: Scored, comments: Sequence[Comment]) -> tuple[Slice, ...]:
    """The slices of one split that hold any comments, in the order of their rules."""
    members = slice_members(comments)
    return tuple(_measure(name, scored, rows) for name, rows in members.items() if rows.any())


def slice_members(comments: Sequence[Comment]) -> Mapping[str, NDArray[np.bool_]]:
    """By name of slice: ``(comments,)``, which belong there."""
    return {
        rule.name: np.array([rule.holds(comment) for comment in comments], bool)
        for rule in SLICE_RULES
    }


def _measure(name: str, scored: Scored, rows: NDArray[np.bool_]) -> Slice:
    hits, others = scored.hits[rows], scored.hits[~rows]
    table = [[hits.sum(), (~hits).sum()], [others.sum(), (~others).sum()]]
    return Slice(
        name=name,
        hits=Share.among(hits),
        gap=float(scored.top_scores[rows].mean() - hits.mean()),
        difference=float(hits.mean() - others.mean()) if len(others) else None,
        p_value=float(fisher_exact(table).pvalue) if len(others) else None,
    )
