"""The label that this service would give to what a peer's model computed."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goemotions.taxonomy import LABELS, SOURCE_LABELS, fold


def labels_of_logits(logits: NDArray[np.float32]) -> list[str]:
    """The label of each row of ``(batch, 28)`` logits."""
    return [LABELS[index] for index in fold(logits).argmax(axis=1)]


def label_of_probabilities(scores: Iterable[Mapping[str, Any]]) -> str:
    """The label of a comment, from ``{"label": ..., "score": ...}`` of every source label."""
    by_label = {each["label"]: each["score"] for each in scores}
    probabilities = np.array([[by_label[label] for label in SOURCE_LABELS]], dtype=np.float32)
    return labels_of_logits(np.log(probabilities))[0]
