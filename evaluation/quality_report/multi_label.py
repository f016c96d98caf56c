"""Several labels a comment, over 28: the figure that publications about GoEmotions give.

A comment is given each label whose score reaches that label's threshold: none, one or several.
The scores are a softmax's, so that a second label only has what the first leaves over, and a
threshold is far below one half: that is why it is fitted, label by label.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import KFold

from evaluation.accuracy import one_of_each_row
from evaluation.intervals import SEED, Interval, bootstrap_interval
from evaluation.quality_report.labels import macro_f1, micro_f1
from evaluation.quality_report.scored import Scored

# A threshold may name a label between this share of its gold count and the inverse multiple. Of a
# label with a dozen comments, the best F1 alone is a matter of luck: cross-validated on dev, this
# bound was worth 0.8 points of macro-F1 over none, and 1/2 or 0.85 in its place were worth less.
COUNT_RATIO: Final = 2 / 3
_HALF: Final = 0.5
_SINGLE: Final = np.round(np.arange(0.02, 0.9, 0.01), 2)
_FOLDS: Final = 5

LabelThresholds = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class NamedLabels:
    """Labels named against gold labels.

    ``labels_a_comment``  the mean number of labels named; gold has ``gold_labels_a_comment``.
    """

    macro_f1: float
    macro_f1_interval: Interval
    micro_f1: float
    labels_a_comment: float
    gold_labels_a_comment: float

    @classmethod
    def of(cls, gold: NDArray[np.bool_], named: NDArray[np.bool_]) -> Self:
        """The figures of two ``(comments, labels)``."""
        return cls(
            macro_f1=macro_f1(gold, named),
            macro_f1_interval=bootstrap_interval(
                lambda rows: macro_f1(gold[rows], named[rows]), len(gold)
            ),
            micro_f1=micro_f1(gold, named),
            labels_a_comment=float(named.sum(axis=1).mean()),
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

    answer: Mapping[str, NamedLabels]
    half: Mapping[str, NamedLabels]
    single: Mapping[str, NamedLabels]
    each: Mapping[str, NamedLabels]
    held_out: NamedLabels
    flattered: NamedLabels
    thresholds: Mapping[str, float]

    @classmethod
    def of(cls, splits: Mapping[str, Scored]) -> Self:
        """The figures of ``dev`` and ``test`` over the original labels."""
        dev, test = splits["dev"], splits["test"]
        thresholds = fit_each(dev)
        labels = len(dev.labels)
        return cls(
            answer={
                split: NamedLabels.of(scored.gold, one_of_each_row(scored.answers, labels))
                for split, scored in splits.items()
            },
            half=_named(splits, np.full(labels, _HALF)),
            single=_named(splits, fit_single(dev)),
            each=_named(splits, thresholds),
            held_out=NamedLabels.of(dev.gold, name_held_out(dev)),
            flattered=NamedLabels.of(
                test.gold, name_labels(test.scores, fit_each(test, count_ratio=0))
            ),
            thresholds=dict(zip(dev.labels, thresholds.tolist(), strict=True)),
        )


def _named(splits: Mapping[str, Scored], thresholds: LabelThresholds) -> dict[str, NamedLabels]:
    return {
        split: NamedLabels.of(scored.gold, name_labels(scored.scores, thresholds))
        for split, scored in splits.items()
    }


def name_labels(scores: NDArray[np.float64], thresholds: LabelThresholds) -> NDArray[np.bool_]:
    """``(comments, labels)``: true for labels that reach their threshold."""
    named: NDArray[np.bool_] = scores >= thresholds
    return named


def fit_each(scored: Scored, count_ratio: float = COUNT_RATIO) -> LabelThresholds:
    """``(labels,)``: for each label, the threshold of the best F1 within ``count_ratio``.

    A ``count_ratio`` of 0 sets no bounds. A label without a gold comment is never named: its
    threshold is above 1.
    """
    return np.array(
        [
            _fit_label(scored.scores[:, column], scored.gold[:, column], count_ratio)
            for column in range(len(scored.labels))
        ]
    )


def fit_single(scored: Scored) -> LabelThresholds:
    """``(labels,)``: the one threshold of the best macro-F1, for all labels alike."""
    found = [macro_f1(scored.gold, name_labels(scored.scores, value)) for value in _SINGLE]
    return np.full(len(scored.labels), _SINGLE[int(np.argmax(found))])


def name_held_out(scored: Scored) -> NDArray[np.bool_]:
    """``(comments, labels)``: the labels that ``fit_each`` names if it has not seen the comment.

    Five-fold: each fifth of the comments is named by thresholds fitted on the others.
    """
    named = np.zeros_like(scored.gold)
    folds = KFold(_FOLDS, shuffle=True, random_state=SEED)
    for others, fifth in folds.split(scored.scores):
        named[fifth] = name_labels(scored.scores[fifth], fit_each(scored.take(others)))
    return named


def _fit_label(scores: NDArray[np.float64], gold: NDArray[np.bool_], count_ratio: float) -> float:
    wanted = int(gold.sum())
    if not wanted:
        return float(np.nextafter(1, 2))
    order = np.argsort(-scores, kind="stable")
    named = np.arange(1, len(scores) + 1)
    f1 = 2 * gold[order].cumsum() / (named + wanted)
    in_bounds = (named >= wanted * count_ratio) & (named * count_ratio <= wanted)
    row = int(np.where(in_bounds, f1, -1).argmax())
    # Between the last one that is named and the first that is not.
    following = scores[order[min(row + 1, len(order) - 1)]]
    return float((scores[order[row]] + following) / 2)
