"""Comments of similar lengths padded to the longest, for models that can't be packed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class PaddedRun:
    """The tokens of one or more comments, one row for each."""

    token_ids: NDArray[np.int64]
    """``(comments, longest)``"""
    attention_mask: NDArray[np.int64]
    """``(comments, longest)``: 1 for a comment's own tokens, 0 for padding."""


def pad(comments: Sequence[Sequence[int]], padding_id: int) -> PaddedRun:
    """Fill the rows of ``comments`` up with ``padding_id``.

    Raises ``ValueError`` for no comment at all and for a comment without tokens.
    """
    lengths = np.array([len(comment) for comment in comments], dtype=np.int64)
    if not lengths.all() or not lengths.size:
        raise ValueError(
            f"comments of {lengths.tolist()} tokens can't be padded; each needs at least one"
        )
    own = np.arange(lengths.max()) < lengths[:, None]
    token_ids = np.full(own.shape, padding_id, dtype=np.int64)
    token_ids[own] = np.concatenate([np.asarray(comment, np.int64) for comment in comments])
    return PaddedRun(token_ids, own.astype(np.int64))


def plan_padded_runs(lengths: Sequence[int], run_tokens: int) -> list[list[int]]:
    """Divide comments of ``lengths`` tokens into runs of at most ``run_tokens``, padding included.

    Returns the indices of each run's comments, longest first; every index is in exactly one run. A
    comment longer than ``run_tokens`` is a run of its own.
    """
    runs: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
        if runs and lengths[runs[-1][0]] * (len(runs[-1]) + 1) <= run_tokens:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs
