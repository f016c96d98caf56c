"""What the classifier asks of an encoder, whatever runs it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from goemotions.taxonomy import SOURCE_LABELS


class Encoder(Protocol):
    """Turns the token ids of comments into logits over the source labels."""

    def logits(self, batch: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """The logits ``(batch, 28)`` of comments given as token ids from ``[CLS]`` to ``[SEP]``.

        Row i belongs to comment i, and no row depends on the other comments of its batch. Raises
        ``ValueError`` for a comment without tokens.
        """
        ...


def require_at_least_one(**numbers: int) -> None:
    """Raise ``ValueError``, naming it, for a number below 1."""
    for name, value in numbers.items():
        if value < 1:
            raise ValueError(f"{name} is {value}; it must be at least 1")


def require_source_labels(labels: int, model: Path) -> None:
    """Raise ``ValueError`` where ``model`` gives another number of logits than 28."""
    if labels != len(SOURCE_LABELS):
        raise ValueError(
            f"{model} knows {labels} labels and not the {len(SOURCE_LABELS)} source labels; "
            "train it on them with `make train`"
        )
