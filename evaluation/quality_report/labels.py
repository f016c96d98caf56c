"""Hit rates of a split, and precision, recall and F1 label by label."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from evaluation.accuracy import LabelAccuracy, measure_labels, one_of_each_row
from evaluation.intervals import Interval, Share, bootstrap_interval
from evaluation.quality_report.scored import Scored


@dataclass(frozen=True, slots=True)
class HitRates:
    """Shares of comments.

    ``all``             answered with one of their gold labels.
    ``unseen``          the same, of those whose text is not in train; None if there are none.
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
        """The hit rates; ``unseen`` ``(comments,)`` says whose text is nowhere in train."""
        second_hits = scored.gold[np.arange(len(scored)), scored.second_answers]
        return cls(
            all=Share.among(scored.hits),
            unseen=Share.among(scored.hits[unseen]) if unseen.any() else None,
            first_or_second=Share.among(scored.hits | second_hits),
            always_neutral=Share.among(scored.gold[:, scored.labels.index("neutral")]),
            several_gold=Share.among(scored.gold.sum(axis=1) > 1),
        )


@dataclass(frozen=True, slots=True)
class LabelTable:
    """The figures of one answer a comment, its label of the highest score.

    ``mean_scores``  by label: the mean score of the answers with it, which its precision should
                     equal; NaN for a label that is no comment's answer.
    ``macro_f1``     the mean F1 of the labels that occur in gold or among the answers.
    ``micro_f1``     of all labels' counts added up.
    """

    labels: tuple[LabelAccuracy, ...]
    mean_scores: Mapping[str, float]
    macro_f1: float
    macro_f1_interval: Interval
    micro_f1: float

    @classmethod
    def of(cls, scored: Scored) -> Self:
        """The table of one split in one taxonomy."""
        answered = one_of_each_row(scored.answers, len(scored.labels))
        return cls(
            labels=measure_labels(scored.labels, scored.gold, scored.answers),
            mean_scores={
                label: _mean(scored.top_scores[answered[:, column]])
                for column, label in enumerate(scored.labels)
            },
            macro_f1=macro_f1(scored.gold, answered),
            macro_f1_interval=bootstrap_interval(
                lambda rows: macro_f1(scored.gold[rows], answered[rows]), len(scored)
            ),
            micro_f1=micro_f1(scored.gold, answered),
        )


def macro_f1(gold: NDArray[np.bool_], named: NDArray[np.bool_]) -> float:
    """The mean F1 over the columns of two ``(comments, labels)``; empty columns are left out.

    The figure of `evaluation.accuracy`, in a form fast enough for the bootstrap.
    """
    sizes = gold.sum(axis=0) + named.sum(axis=0)
    both = (gold & named).sum(axis=0)
    return float((2 * both[sizes > 0] / sizes[sizes > 0]).mean())


def micro_f1(gold: NDArray[np.bool_], named: NDArray[np.bool_]) -> float:
    """The F1 of all columns' counts added up."""
    return float(2 * (gold & named).sum() / (gold.sum() + named.sum()))


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) else float("nan")
