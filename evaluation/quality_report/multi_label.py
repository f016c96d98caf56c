"""Several labels a comment, over 28: the figure that publications about GoEmotions give.

A comment is given each label whose score reaches that label's threshold: none, one or several.
The scores are a softmax's, so that a second label only has what the first leaves over, and a
threshold is far below one half: that is why it is fitted, label by label.
"""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import KFold

from evaluation.accuracy import one_of_each_row
from evaluation.formats import Figures
from evaluation.intervals import SEED
from evaluation.quality_report.labels import f1_figures, macro_f1
from evaluation.quality_report.scored import Scored

# A threshold may name a label between this share of its gold count and the inverse multiple. Of a
# label with a dozen comments, the best F1 alone is a matter of luck: cross-validated on dev, this
# bound was worth 0.8 points of macro-F1 over none, and 1/2 or 0.85 in its place were worth less.
COUNT_RATIO: Final = 2 / 3
_HALF: Final = 0.5
_SINGLE: Final = np.round(np.arange(0.02, 0.9, 0.01), 2)
_FOLDS: Final = 5

LabelThresholds = NDArray[np.float64]


def measure_multi_label(splits: Mapping[str, Scored]) -> Figures:
    """The figures of ``dev`` and ``test`` over the original labels, by how labels are named.

    The first four are by ``dev`` and ``test``.

    ``answer``     the label of the highest score alone.
    ``half``       every label with a score of at least one half.
    ``single``     one threshold for all labels, tuned on dev.
    ``each``       a threshold for each label, tuned on dev: the figure to quote.
    ``held_out``   the same on dev, each fifth named by thresholds tuned on the others.
    ``flattered``  the best threshold for each label on test itself, measured on test, as some
                   publications do. It is no result: it is here to compare with theirs.
    ``thresholds`` of ``each``, by label.
    """
    dev, test = splits["dev"], splits["test"]
    labels, thresholds, single = len(dev.labels), fit_each(dev), fit_single(dev)
    rules: dict[str, Callable[[Scored], NDArray[np.bool_]]] = {
        "answer": lambda scored: one_of_each_row(scored.answers, labels),
        "half": lambda scored: name_labels(scored.scores, np.full(labels, _HALF)),
        "single": lambda scored: name_labels(scored.scores, single),
        "each": lambda scored: name_labels(scored.scores, thresholds),
    }
    flattered = name_labels(test.scores, fit_each(test, count_ratio=0))
    return {
        rule: {split: _figures(each.gold, name(each)) for split, each in splits.items()}
        for rule, name in rules.items()
    } | {
        "held_out": _figures(dev.gold, name_held_out(dev)),
        "flattered": _figures(test.gold, flattered),
        "thresholds": dict(zip(dev.labels, thresholds.tolist(), strict=True)),
    }


def _figures(gold: NDArray[np.bool_], named: NDArray[np.bool_]) -> Figures:
    """Of two ``(comments, labels)``: F1, and the mean number of labels named and in gold."""
    return {
        **f1_figures(gold, named),
        "labels_a_comment": float(named.sum(axis=1).mean()),
        "gold_labels_a_comment": float(gold.sum(axis=1).mean()),
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
    columns = zip(scored.scores.T, scored.gold.T, strict=True)
    return np.array([_fit_label(scores, gold, count_ratio) for scores, gold in columns])


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
