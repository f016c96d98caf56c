"""How good a service's answers are against GoEmotions' gold labels.

A comment may have several gold labels; the service answers with one. Throughout:

- a prediction *hits* when it is among the comment's folded gold labels;
- the *precision* of a label is the share of hits among its predictions, its *recall* the share of
  hits among the comments whose gold contains it, ``support`` in number. One prediction can't
  recall two labels, so the recall of labels that often stand beside others can't reach 1;
- in the confusion matrix a comment counts once: under the predicted label when it hits, else
  under each of its n gold labels with the weight 1/n.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest
from sklearn.metrics import precision_recall_fscore_support

from goemotions.taxonomy import LABELS

_INDEX: Final = {label: index for index, label in enumerate(LABELS)}


@dataclass(frozen=True, slots=True)
class Answer:
    """One comment's folded gold labels, at least one, and the label that the service gave."""

    gold: frozenset[str]
    prediction: str

    @property
    def is_hit(self) -> bool:
        """Whether the prediction counts as correct."""
        return self.prediction in self.gold


@dataclass(frozen=True, slots=True)
class LabelQuality:
    """One label's figures, 0 to 1 or NaN where there is nothing to divide by, and counts."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int
    predicted: int


@dataclass(frozen=True, slots=True)
class Accuracy:
    """What a set of answers comes to.

    ``interval``   the hit rate's 95 % Wilson score interval.
    ``macro_f1``   the mean F1 of the labels that occur in gold or in the predictions.
    ``confusion``  ``(14, 14)``, gold by predicted, in weights; its sum is the number of answers.
    """

    correct: int
    incorrect: int
    interval: tuple[float, float]
    labels: tuple[LabelQuality, ...]
    macro_f1: float
    confusion: NDArray[np.float64]

    @property
    def hit_rate(self) -> float:
        """The share of hits, 0 to 1."""
        return self.correct / (self.correct + self.incorrect)

    def as_json(self) -> dict[str, Any]:
        """The same for ``json.dump``; a figure that is not defined is null."""
        return {
            "correct": self.correct,
            "incorrect": self.incorrect,
            "hit_rate": self.hit_rate,
            "interval_95": list(self.interval),
            "macro_f1": self.macro_f1,
            "labels": {
                quality.label: {
                    "precision": _or_none(quality.precision),
                    "recall": _or_none(quality.recall),
                    "f1": _or_none(quality.f1),
                    "support": quality.support,
                    "predicted": quality.predicted,
                }
                for quality in self.labels
            },
            "confusion": {"labels": list(LABELS), "gold_by_predicted": self.confusion.tolist()},
        }


def measure(answers: Sequence[Answer]) -> Accuracy:
    """The figures of ``answers``; raises ``ValueError`` where there are none."""
    if not answers:
        raise ValueError("there are no answers to measure")
    gold = np.array([[label in answer.gold for label in LABELS] for answer in answers])
    predicted = np.array([[label == answer.prediction for label in LABELS] for answer in answers])
    precision, recall, f1, support = precision_recall_fscore_support(
        gold, predicted, average=None, zero_division=np.nan
    )
    correct = sum(answer.is_hit for answer in answers)
    interval = binomtest(correct, len(answers)).proportion_ci(0.95, method="wilson")
    return Accuracy(
        correct=correct,
        incorrect=len(answers) - correct,
        interval=(float(interval.low), float(interval.high)),
        labels=tuple(
            LabelQuality(
                label,
                precision=float(precision[column]),
                recall=float(recall[column]),
                f1=float(f1[column]),
                support=int(support[column]),
                predicted=int(predicted[:, column].sum()),
            )
            for column, label in enumerate(LABELS)
        ),
        macro_f1=float(np.nanmean(f1)),
        confusion=_confusion(answers),
    )


def _confusion(answers: Sequence[Answer]) -> NDArray[np.float64]:
    weights = np.zeros((len(LABELS), len(LABELS)))
    for answer in answers:
        rows = [answer.prediction] if answer.is_hit else sorted(answer.gold)
        for row in rows:
            weights[_INDEX[row], _INDEX[answer.prediction]] += 1 / len(rows)
    return weights


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value
