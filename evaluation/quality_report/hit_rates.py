"""The hit rate of a split: of all, without what stands in train, and what is easily reached."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from evaluation.quality_report.intervals import Share
from evaluation.quality_report.scored import Scored

_SECOND = -2


@dataclass(frozen=True, slots=True)
class HitRates:
    """Shares of comments.

    ``all``             answered with one of their gold labels.
    ``unseen``          the same, of those whose text does not stand in train; None for no such.
    ``first_or_second`` whose highest or second highest score is a gold label's.
    ``always_neutral``  that ``neutral`` would hit.
    ``several_gold``    that have more than one gold label.
    """

    all: Share
    unseen: Share | None
    first_or_second: Share
    always_neutral: Share
    several_gold: Share

    @classmethod
    def of(cls, scored: Scored, unseen: NDArray[np.bool_]) -> Self:
        """The hit rates; ``unseen`` ``(comments,)`` says whose text stands nowhere in train."""
        second = np.argsort(scored.scores, axis=1, kind="stable")[:, _SECOND]
        second_hits = scored.gold[np.arange(len(scored)), second]
        return cls(
            all=Share.among(scored.hits),
            unseen=Share.among(scored.hits[unseen]) if unseen.any() else None,
            first_or_second=Share.among(scored.hits | second_hits),
            always_neutral=Share.among(scored.gold[:, scored.labels.index("neutral")]),
            several_gold=Share.among(scored.gold.sum(axis=1) > 1),
        )
