"""Hit rate, figures by label and confusion matrix of answers, against GoEmotions' gold labels.

A comment may have several gold labels; the service answers with one. Throughout:

- a prediction *hits* if it is among the comment's folded gold labels;
- the *precision* of a label is the share of hits among its predictions, its *recall* the share of
  hits among the comments whose gold contains it, ``support`` in number. One prediction can't
  recall two labels, so the recall of labels that often accompany others can't reach 1;
- in the confusion matrix a comment counts once: under the predicted label if it hits, else
  under each of its n gold labels with the weight 1/n.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_fscore_support

from evaluation.formats import as_json
from evaluation.intervals import Share
from goemotions.taxonomy import LABELS

_JSON_DIGITS = 5


@dataclass(frozen=True, slots=True)
class LabelAccuracy:
    """One label's figures, 0 to 1 or NaN if there is nothing to divide by, and counts."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int
    predicted: int


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The figures of a set of answers.

    ``macro_f1``   the mean F1 of the labels that occur in gold or in the predictions.
    ``confusion``  ``(14, 14)``, gold by predicted, in weights; its sum is the number of answers.
    """

    hits: Share
    labels: tuple[LabelAccuracy, ...]
    macro_f1: float
    confusion: NDArray[np.float64]

    def as_json(self) -> dict[str, Any]:
        """The same for ``json.dump``; a figure that is not defined is null."""
        content: dict[str, Any] = as_json(
            {
                "correct": self.hits.count,
                "incorrect": self.hits.of - self.hits.count,
                "hit_rate": self.hits.rate,
                "interval_95": list(self.hits.interval),
                "macro_f1": self.macro_f1,
                "labels": {each.label: each for each in self.labels},
                "confusion": {"labels": LABELS, "gold_by_predicted": self.confusion},
            },
            _JSON_DIGITS,
        )
        return content


def measure_accuracy(gold: NDArray[np.bool_], predictions: NDArray[np.intp]) -> Accuracy:
    """The figures of ``predictions`` ``(comments,)``, indices of ``LABELS``.

    ``gold`` is ``(comments, 14)``, true for one or more labels of each comment. Raises
    ``ValueError`` if there are no comments.
    """
    if not len(gold):
        raise ValueError("there are no answers to measure")
    labels = measure_labels(LABELS, gold, predictions)
    return Accuracy(
        hits=Share.among(gold[np.arange(len(gold)), predictions]),
        labels=labels,
        macro_f1=float(np.nanmean([each.f1 for each in labels])),
        confusion=confusion_matrix(gold, predictions),
    )


def measure_labels(
    names: Sequence[str], gold: NDArray[np.bool_], predictions: NDArray[np.intp]
) -> tuple[LabelAccuracy, ...]:
    """The figures of each label of ``names``, whose columns ``gold`` and ``predictions`` number."""
    predicted = one_of_each_row(predictions, len(names))
    precision, recall, f1, support = precision_recall_fscore_support(
        gold, predicted, average=None, zero_division=np.nan
    )
    return tuple(
        LabelAccuracy(
            name,
            precision=float(precision[column]),
            recall=float(recall[column]),
            f1=float(f1[column]),
            support=int(support[column]),
            predicted=int(predicted[:, column].sum()),
        )
        for column, name in enumerate(names)
    )


def confusion_matrix(gold: NDArray[np.bool_], predictions: NDArray[np.intp]) -> NDArray[np.float64]:
    """``(labels, labels)``, gold by predicted, of gold ``(comments, labels)``, in comments."""
    predicted = one_of_each_row(predictions, gold.shape[1])
    is_hit = (gold & predicted).any(axis=1, keepdims=True)
    weights = np.where(is_hit, predicted, gold / gold.sum(axis=1, keepdims=True))
    found: NDArray[np.float64] = weights.T @ predicted
    return found


def one_of_each_row(columns: NDArray[np.intp], count: int) -> NDArray[np.bool_]:
    """``(rows, count)``: true at each row's one of ``columns`` ``(rows,)``."""
    return np.eye(count, dtype=bool)[columns]
