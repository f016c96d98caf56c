"""What the classifier asks of an encoder, whatever runs it."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Encoder(Protocol):
    """Turns the token ids of comments into logits over the source labels."""

    def logits(self, batch: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """The logits ``(batch, 28)`` of comments given as token ids from ``[CLS]`` to ``[SEP]``.

        Row i belongs to comment i, and no row depends on the other comments of its batch.
        """
        ...
