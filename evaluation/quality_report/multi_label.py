"""Several labels a comment, over 28: the figure that publications about GoEmotions give."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from evaluation.quality_report.intervals import Interval, bootstrap_interval
from evaluation.quality_report.label_table import macro_f1, micro_f1
from evaluation.quality_report.scored import Scored
from evaluation.quality_report.thresholds import (
    Thresholds,
    fit_each,
    fit_single,
    name_held_out,
    name_labels,
)

_HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Named:
    """Labels named against gold labels.

    ``labels_a_comment``  the mean number of labels named; gold has ``gold_labels_a_comment``.
    """

    macro_f1: float
    macro_f1_interval: Interval
    micro_f1: float
    labels_a_comment: float
    gold_labels_a_comment: float

    @classmethod
    def of(cls, gold: NDArray[np.bool_], said: NDArray[np.bool_]) -> Self:
        """The figures of two ``(comments, labels)``."""
        return cls(
            macro_f1=macro_f1(gold, said),
            macro_f1_interval=bootstrap_interval(
                lambda rows: macro_f1(gold[rows], said[rows]), len(gold)
            ),
            micro_f1=micro_f1(gold, said),
            labels_a_comment=float(said.sum(axis=1).mean()),
            gold_labels_a_comment=float(gold.sum(axis=1).mean()),
        )


@dataclass(frozen=True, slots=True)
class MultiLabel:
    """F1 over 28 by how labels are named; each by ``dev`` and ``test``.

    ``answer``     the label of the highest score alone.
    ``half``       every label with a score of at least one half.
    ``single``     one threshold for all labels, tuned on dev.
    ``each``       a threshold for each label, tuned on dev: the figure to quote.
    ``held_out``   the same on dev, each fifth named by thresholds tuned on the others.
    ``flattered``  the best threshold for each label on test itself, measured on test, as some
                   publications do. It is no result: it is here to compare with theirs.
    ``thresholds`` of ``each``, by label.
    """

    answer: Mapping[str, Named]
    half: Mapping[str, Named]
    single: Mapping[str, Named]
    each: Mapping[str, Named]
    held_out: Named
    flattered: Named
    thresholds: Mapping[str, float]

    @classmethod
    def of(cls, splits: Mapping[str, Scored]) -> Self:
        """The figures of ``dev`` and ``test`` over the original labels."""
        dev, test = splits["dev"], splits["test"]
        thresholds = fit_each(dev)
        return cls(
            answer={
                split: Named.of(scored.gold, np.eye(len(scored.labels), dtype=bool)[scored.answers])
                for split, scored in splits.items()
            },
            half=_named(splits, np.full(len(dev.labels), _HALF)),
            single=_named(splits, fit_single(dev)),
            each=_named(splits, thresholds),
            held_out=Named.of(dev.gold, name_held_out(dev)),
            flattered=Named.of(test.gold, name_labels(test.scores, fit_each(test, count_ratio=0))),
            thresholds=dict(zip(dev.labels, thresholds.tolist(), strict=True)),
        )


def _named(splits: Mapping[str, Scored], thresholds: Thresholds) -> dict[str, Named]:
    return {
        split: Named.of(scored.gold, name_labels(scored.scores, thresholds))
        for split, scored in splits.items()
    }
