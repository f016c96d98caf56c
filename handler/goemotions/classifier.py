"""From comments to scores: tokenise, infer, fold, calibrate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goemotions.encoder import Encoder
from goemotions.taxonomy import LABELS, Taxonomy, fold
from goemotions.tokens import CommentTokenizer


@dataclass(frozen=True, slots=True)
class Classification:
    """One comment's scores over each taxonomy's labels, each row summing to 1."""

    scores: Mapping[Taxonomy, NDArray[np.float64]]
    tokens: int
    truncated: bool

    @property
    def label(self) -> str:
        """The served label with the highest score."""
        return LABELS[int(self.scores[Taxonomy.SERVED].argmax())]

    @property
    def score(self) -> float:
        """The probability of ``label``, 0 to 1."""
        return float(self.scores[Taxonomy.SERVED].max())


class Classifier:
    """Classifies batches of comments; what shares a comment's batch does not change its scores."""

    def __init__(
        self,
        tokenizer: CommentTokenizer,
        encoder: Encoder,
        temperature: Mapping[Taxonomy, float],
    ) -> None:
        self._tokenizer = tokenizer
        self._encoder = encoder
        self._temperature = temperature

    def classify(self, comments: Sequence[str]) -> list[Classification]:
        """The classification of each comment, in order. ``comments`` may be empty."""
        tokens = self._tokenizer.tokenize(comments)
        logits = self._encoder.logits([comment.ids for comment in tokens])
        original = softmax(logits, self._temperature[Taxonomy.ORIGINAL])
        served = softmax(fold(logits), self._temperature[Taxonomy.SERVED])
        return [
            Classification(
                scores={Taxonomy.SERVED: served[row], Taxonomy.ORIGINAL: original[row]},
                tokens=len(comment.ids),
                truncated=comment.truncated,
            )
            for row, comment in enumerate(tokens)
        ]


def softmax(logits: NDArray[np.float32], temperature: float) -> NDArray[np.float64]:
    """Probabilities of ``logits / temperature`` over the last axis; each row sums to 1."""
    scaled = logits.astype(np.float64) / temperature
    exponentials = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    probabilities: NDArray[np.float64] = exponentials / exponentials.sum(axis=-1, keepdims=True)
    return probabilities
