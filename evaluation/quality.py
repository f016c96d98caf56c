"""The quality of a model on dev and test, in both taxonomies."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from evaluation.calibration_fit import expected_calibration_error, fit_calibration
from evaluation.dataset import Comment
from evaluation.gold import find_hits, folded_gold, source_gold
from goemotions.calibration import Calibration
from goemotions.taxonomy import Taxonomy, fold

Logits = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Quality:
    """Figures of one split in one taxonomy; all but ``comments`` are 0 to 1.

    ``hit_rate``  the share of comments whose highest score is that of one of their gold labels.
    """

    comments: int
    hit_rate: float
    expected_calibration_error: float

    @classmethod
    def of(
        cls,
        taxonomy: Taxonomy,
        logits: Logits,
        comments: Sequence[Comment],
        calibration: Calibration,
    ) -> Self:
        """The figures of logits ``(comments, 28)``; raises ``ValueError`` where there are none."""
        if not comments:
            raise ValueError("there are no comments to measure the quality on")
        scored, gold = in_taxonomy(taxonomy, logits, comments)
        hits = find_hits(scored, gold)
        confidences = calibration.probabilities(scored).max(axis=1)
        return cls(
            comments=len(comments),
            hit_rate=float(hits.mean()),
            expected_calibration_error=expected_calibration_error(confidences, hits),
        )

    @property
    def standard_error(self) -> float:
        """The hit rate's standard error, that of a binomial share."""
        return math.sqrt(self.hit_rate * (1 - self.hit_rate) / self.comments)

    def as_json(self) -> dict[str, float]:
        """The figures as ``config.json`` holds them, to four digits."""
        return {
            "comments": self.comments,
            "hit_rate": round(self.hit_rate, 4),
            "standard_error": round(self.standard_error, 4),
            "expected_calibration_error": round(self.expected_calibration_error, 4),
        }


@dataclass(frozen=True, slots=True)
class Measured:
    """A model's logits ``(comments, 28)`` by split, and what they come to.

    ``calibration``  by taxonomy, fitted on dev.
    ``quality``      by taxonomy and split.
    """

    logits: Mapping[str, Logits]
    calibration: Mapping[Taxonomy, Calibration]
    quality: Mapping[Taxonomy, Mapping[str, Quality]]


def measure_logits(
    logits: Mapping[str, Logits], comments: Mapping[str, Sequence[Comment]]
) -> Measured:
    """What logits ``(comments, 28)`` of the splits ``dev`` and ``test`` come to, as served."""
    calibration = {
        taxonomy: fit_calibration(*in_taxonomy(taxonomy, logits["dev"], comments["dev"]))
        for taxonomy in Taxonomy
    }
    quality = {
        taxonomy: {
            split: Quality.of(taxonomy, logits[split], comments[split], calibration[taxonomy])
            for split in logits
        }
        for taxonomy in Taxonomy
    }
    return Measured(logits, calibration, quality)


def in_taxonomy(
    taxonomy: Taxonomy, logits: Logits, comments: Sequence[Comment]
) -> tuple[Logits, NDArray[np.bool_]]:
    """Logits and gold labels as ``taxonomy`` has them, both ``(comments, len(its labels))``."""
    if taxonomy is Taxonomy.SERVED:
        return fold(logits), folded_gold(comments)
    return logits, source_gold(comments)


def find_unseen(comments: Sequence[Comment], train: Sequence[Comment]) -> NDArray[np.bool_]:
    """``(comments,)``: whether a text stands nowhere in ``train``, case and spaces aside."""
    seen = {_plain(comment.text) for comment in train}
    return np.array([_plain(comment.text) not in seen for comment in comments], bool)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
