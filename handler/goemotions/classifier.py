"""The classifier, from comments to scores: tokenise, infer, fold, calibrate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goemotions.calibration import Calibration
from goemotions.encoders.protocol import Encoder
from goemotions.errors import ModelFolderError
from goemotions.taxonomy import LABELS, SOURCE_LABELS, Taxonomy, fold
from goemotions.tokens import CommentTokenizer


@dataclass(frozen=True, slots=True)
class Classification:
    """One comment's scores over the labels of each taxonomy; each row sums to 1."""

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
    """Classifies batches of comments; the scores of one do not depend on the others."""

    def __init__(
        self,
        tokenizer: CommentTokenizer,
        encoder: Encoder,
        calibration: Mapping[Taxonomy, Calibration],
    ) -> None:
        """Raises ``ModelFolderError`` if the encoder does not give 28 logits."""
        if encoder.labels != len(SOURCE_LABELS):
            raise ModelFolderError(
                f"the model knows {encoder.labels} labels and not the {len(SOURCE_LABELS)} source "
                "labels; train it on them with `make train`"
            )
        self._tokenizer = tokenizer
        self._encoder = encoder
        self._calibration = calibration

    def classify(self, comments: Sequence[str]) -> list[Classification]:
        """The classification of each comment, in order. ``comments`` may be empty."""
        tokens = self._tokenizer.tokenize(comments)
        logits = self._encoder.logits([comment.ids for comment in tokens])
        original = self._calibration[Taxonomy.ORIGINAL].probabilities(logits)
        served = self._calibration[Taxonomy.SERVED].probabilities(fold(logits))
        return [
            Classification(
                scores={Taxonomy.SERVED: served[row], Taxonomy.ORIGINAL: original[row]},
                tokens=len(comment.ids),
                truncated=comment.truncated,
            )
            for row, comment in enumerate(tokens)
        ]
