"""The protocol of an encoder, which is all that the classifier uses of it."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Encoder(Protocol):
    """Turns the token ids of comments into logits over the source labels."""

    @property
    def labels(self) -> int:
        """The number of logits for a comment: 28 if the model was trained on the source labels."""
        ...

    def logits(self, batch: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """The logits ``(batch, labels)`` of comments as token ids, from ``[CLS]`` to ``[SEP]``.

        Row i belongs to comment i, and no row depends on the other comments of its batch. Raises
        ``ValueError`` for a comment without tokens.
        """
        ...


def require_at_least_one(**numbers: int) -> None:
    """Raise ``ValueError``, with its name, for a number below 1."""
    for name, value in numbers.items():
        if value < 1:
            raise ValueError(f"{name} is {value}; it must be at least 1")
