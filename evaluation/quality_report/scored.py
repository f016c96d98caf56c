"""A model's scores of comments, as they are served, beside the gold labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from evaluation.dataset import Comment
from evaluation.gold import find_hits, gold_of
from goemotions.classifier import Classification, Classifier
from goemotions.taxonomy import Taxonomy

_BATCH: Final = 256


@dataclass(frozen=True, slots=True)
class Scored:
    """Comments in one taxonomy.

    ``scores``  ``(comments, labels)``, 0 to 1, each row sums to 1.
    ``gold``    ``(comments, labels)``, one or more in each row.
    """

    taxonomy: Taxonomy
    scores: NDArray[np.float64]
    gold: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.gold)

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self.taxonomy.labels

    @property
    def answers(self) -> NDArray[np.intp]:
        """``(comments,)``: the column of each row's highest score."""
        answers: NDArray[np.intp] = self.scores.argmax(axis=1)
        return answers

    @property
    def second_answers(self) -> NDArray[np.intp]:
        """``(comments,)``: the column of each row's second highest score."""
        second: NDArray[np.intp] = np.argsort(self.scores, axis=1, kind="stable")[:, -2]
        return second

    @property
    def top_scores(self) -> NDArray[np.float64]:
        """``(comments,)``: each row's highest score."""
        highest: NDArray[np.float64] = self.scores.max(axis=1)
        return highest

    @property
    def hits(self) -> NDArray[np.bool_]:
        """``(comments,)``: whether the answer is a gold label."""
        return find_hits(self.scores, self.gold)

    def take(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> "Scored":
        """These rows alone."""
        return Scored(self.taxonomy, self.scores[rows], self.gold[rows])


def score_comments(
    classifier: Classifier, comments: Sequence[Comment], about: str
) -> Mapping[Taxonomy, Scored]:
    """The comments in each taxonomy; ``about`` is what the progress bar says."""
    starts = range(0, len(comments), _BATCH)
    found: list[Classification] = []
    for start in track(starts, about, console=Console(stderr=True), transient=True):
        found += classifier.classify([c.text for c in comments[start : start + _BATCH]])
    return {
        taxonomy: Scored(
            taxonomy,
            np.array([each.scores[taxonomy] for each in found]),
            gold_of(taxonomy, comments),
        )
        for taxonomy in Taxonomy
    }
