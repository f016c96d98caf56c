"""Label by label: precision, recall, F1, and whether its scores are to be believed."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_fscore_support

from evaluation.quality_report.intervals import Interval, bootstrap_interval
from evaluation.quality_report.scored import Scored


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """One label's figures, 0 to 1, or NaN where there is nothing to divide by.

    ``support``     comments with this gold label.
    ``answered``    comments answered with it.
    ``mean_score``  the mean score of these answers, which ``precision`` should equal.
    """

    label: str
    precision: float
    recall: float
    f1: float
    support: int
    answered: int
    mean_score: float


@dataclass(frozen=True, slots=True)
class LabelTable:
    """The figures of one answer a comment, its label of the highest score.

    ``macro_f1``  the mean F1 of the labels that occur in gold or among the answers.
    ``micro_f1``  of all labels' counts added up.
    """

    labels: tuple[LabelFigures, ...]
    macro_f1: float
    macro_f1_interval: Interval
    micro_f1: float

    @classmethod
    def of(cls, scored: Scored) -> Self:
        """The table of one split in one taxonomy."""
        answered = np.eye(len(scored.labels), dtype=bool)[scored.answers]
        return cls(
            labels=_figures(scored, answered),
            macro_f1=macro_f1(scored.gold, answered),
            macro_f1_interval=bootstrap_interval(
                lambda rows: macro_f1(scored.gold[rows], answered[rows]), len(scored)
            ),
            micro_f1=micro_f1(scored.gold, answered),
        )


def macro_f1(gold: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    """The mean F1 over the columns of two ``(comments, labels)``; empty columns are left out.

    What ``accuracy_report`` takes from scikit-learn, in a form fast enough for the bootstrap.
    """
    sizes = gold.sum(axis=0) + said.sum(axis=0)
    both = (gold & said).sum(axis=0)
    return float((2 * both[sizes > 0] / sizes[sizes > 0]).mean())


def micro_f1(gold: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    """The F1 of all columns' counts added up."""
    return float(2 * (gold & said).sum() / (gold.sum() + said.sum()))


def _figures(scored: Scored, answered: NDArray[np.bool_]) -> tuple[LabelFigures, ...]:
    precision, recall, f1, support = precision_recall_fscore_support(
        scored.gold, answered, average=None, zero_division=np.nan
    )
    top_scores = scored.top_scores
    return tuple(
        LabelFigures(
            label=label,
            precision=float(precision[column]),
            recall=float(recall[column]),
            f1=float(f1[column]),
            support=int(support[column]),
            answered=int(answered[:, column].sum()),
            mean_score=_mean(top_scores[answered[:, column]]),
        )
        for column, label in enumerate(scored.labels)
    )


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) else float("nan")
