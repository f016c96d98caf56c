"""Thresholds that turn one distribution over 28 labels into several labels a comment.

A comment is given each label whose score reaches that label's threshold: none, one or several.
The scores are a softmax's, so that a second label only has what the first leaves over, and a
threshold is far below one half: that is why it is fitted, and why it is fitted label by label.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import KFold

from evaluation.quality_report.intervals import SEED
from evaluation.quality_report.label_table import macro_f1
from evaluation.quality_report.scored import Scored

# A threshold may name a label between this share of its gold count and the inverse multiple. Of a
# label with a dozen comments, the best F1 alone is a matter of luck: cross-validated on dev, this
# bound was worth 0.8 points of macro-F1 over none, and 1/2 or 0.85 in its place were worth less.
COUNT_RATIO: Final = 2 / 3
_SINGLE: Final = np.round(np.arange(0.02, 0.9, 0.01), 2)
_FOLDS: Final = 5

Thresholds = NDArray[np.float64]


def name_labels(scores: NDArray[np.float64], thresholds: Thresholds) -> NDArray[np.bool_]:
    """``(comments, labels)``: which labels reach their threshold."""
    said: NDArray[np.bool_] = scores >= thresholds
    return said


def fit_each(scored: Scored, count_ratio: float = COUNT_RATIO) -> Thresholds:
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


def fit_single(scored: Scored) -> Thresholds:
    """``(labels,)``: the one threshold of the best macro-F1, for all labels alike."""
    found = [macro_f1(scored.gold, name_labels(scored.scores, value)) for value in _SINGLE]
    return np.full(len(scored.labels), _SINGLE[int(np.argmax(found))])


def name_held_out(scored: Scored) -> NDArray[np.bool_]:
    """``(comments, labels)``: what ``fit_each`` names when it has not seen the comment.

    Five-fold: each fifth of the comments is named by thresholds that the others gave.
    """
    said = np.zeros_like(scored.gold)
    folds = KFold(_FOLDS, shuffle=True, random_state=SEED)
    for others, fifth in folds.split(scored.scores):
        said[fifth] = name_labels(scored.scores[fifth], fit_each(scored.take(others)))
    return said


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
