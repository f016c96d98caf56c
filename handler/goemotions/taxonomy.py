"""The 28 source labels of GoEmotions and the 14 labels that they are served as."""

from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

# Index order of the data set's labels.txt (Demszky et al. 2020, arXiv:2005.00547).
SOURCE_LABELS: Final = (
    "admiration",
    "amusement",
    "anger",
    "annoyance",
    "approval",
    "caring",
    "confusion",
    "curiosity",
    "desire",
    "disappointment",
    "disapproval",
    "disgust",
    "embarrassment",
    "excitement",
    "fear",
    "gratitude",
    "grief",
    "joy",
    "love",
    "nervousness",
    "optimism",
    "pride",
    "realization",
    "relief",
    "remorse",
    "sadness",
    "surprise",
    "neutral",
)

# The earlier service's table. Each source label is in exactly one group.
GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "admiration": ("admiration", "approval", "pride", "realization"),
    "amusement": ("amusement",),
    "anger": ("anger",),
    "annoyance": ("annoyance", "disgust"),
    "curiosity": ("curiosity", "confusion"),
    "disapproval": ("disapproval",),
    "gratitude": ("gratitude", "relief"),
    "joy": ("joy", "excitement"),
    "love": ("love",),
    "optimism": ("optimism", "caring", "desire"),
    "remorse": ("remorse",),
    "sadness": (
        "sadness",
        "disappointment",
        "embarrassment",
        "fear",
        "grief",
        "nervousness",
    ),
    "surprise": ("surprise",),
    "neutral": ("neutral",),
}

LABELS: Final = tuple(GROUPS)

LABEL_OF_SOURCE: Final[dict[str, str]] = {
    source: label for label, sources in GROUPS.items() for source in sources
}


class Taxonomy(StrEnum):
    """The two sets of labels over which a comment can be scored."""

    SERVED = "served"
    ORIGINAL = "original"

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of its labels, in the order of the scores."""
        return LABELS if self is Taxonomy.SERVED else SOURCE_LABELS


_SOURCE_INDEX: Final = {source: index for index, source in enumerate(SOURCE_LABELS)}
# For each served label, the columns of its source labels.
GROUP_COLUMNS: Final = tuple(
    np.array([_SOURCE_INDEX[source] for source in sources]) for sources in GROUPS.values()
)


def fold(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Logits ``(batch, 28)`` folded into ``(batch, 14)`` by the log-sum-exp of each group.

    The softmax of the result gives each label the sum of its source labels' probabilities
    (docs/choices/0003-fold-by-the-sum.md).
    """
    return np.stack(
        [np.logaddexp.reduce(logits[:, columns], axis=1) for columns in GROUP_COLUMNS], axis=1
    )
