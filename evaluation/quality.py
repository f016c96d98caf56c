"""The quality of a model on dev and test, in both taxonomies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from evaluation.calibration_fit import expected_calibration_error, fit_calibration
from evaluation.dataset import Comment
from evaluation.gold import find_hits, gold_of
from evaluation.intervals import Share
from goemotions.calibration import Calibration
from goemotions.taxonomy import Taxonomy, fold

Logits = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SplitQuality:
    """Figures of one split in one taxonomy.

    ``hits``  the comments whose highest score is that of one of their gold labels.
    """

    hits: Share
    expected_calibration_error: float

    @classmethod
    def of(
        cls,
        taxonomy: Taxonomy,
        logits: Logits,
        comments: Sequence[Comment],
        calibration: Calibration,
    ) -> Self:
        """The figures of logits ``(comments, 28)``; raises ``ValueError`` if there are none."""
        scored, gold = in_taxonomy(taxonomy, logits, comments)
        hits = find_hits(scored, gold)
        confidences = calibration.probabilities(scored).max(axis=1)
        return cls(Share.among(hits), expected_calibration_error(confidences, hits))

    def as_json(self) -> dict[str, float]:
        """The figures as ``config.json`` holds them, to four digits."""
        return {
            "comments": self.hits.of,
            "hit_rate": round(self.hits.rate, 4),
            "standard_error": round(self.hits.standard_error, 4),
            "expected_calibration_error": round(self.expected_calibration_error, 4),
        }


@dataclass(frozen=True, slots=True)
class ModelQuality:
    """A model's logits ``(comments, 28)`` by split, and their calibration and quality.

    ``calibration``  by taxonomy, fitted on dev.
    ``quality``      by taxonomy and split.
    """

    logits: Mapping[str, Logits]
    calibration: Mapping[Taxonomy, Calibration]
    quality: Mapping[Taxonomy, Mapping[str, SplitQuality]]


def measure_logits(
    logits: Mapping[str, Logits], comments: Mapping[str, Sequence[Comment]]
) -> ModelQuality:
    """The quality of logits ``(comments, 28)`` of the splits ``dev`` and ``test``, as served."""
    calibration = {
        taxonomy: fit_calibration(*in_taxonomy(taxonomy, logits["dev"], comments["dev"]))
        for taxonomy in Taxonomy
    }
    quality = {
        taxonomy: {
            split: SplitQuality.of(taxonomy, logits[split], comments[split], calibration[taxonomy])
            for split in logits
        }
        for taxonomy in Taxonomy
    }
    return ModelQuality(logits, calibration, quality)


def in_taxonomy(
    taxonomy: Taxonomy, logits: Logits, comments: Sequence[Comment]
) -> tuple[Logits, NDArray[np.bool_]]:
    """Logits and gold labels as ``taxonomy`` has them, both ``(comments, len(its labels))``."""
    return fold(logits) if taxonomy is Taxonomy.SERVED else logits, gold_of(taxonomy, comments)


def find_unseen(comments: Sequence[Comment], train: Sequence[Comment]) -> NDArray[np.bool_]:
    """``(comments,)``: whether a text is nowhere in ``train``, case and spaces aside."""
    seen = {_plain(comment.text) for comment in train}
    return np.array([_plain(comment.text) not in seen for comment in comments], bool)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
