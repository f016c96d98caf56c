"""Comments of any length laid end to end, so that no computation is spent on padding."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class PackedRun:
    """The tokens of one or more comments in a single row, comment after comment."""

    token_ids: NDArray[np.int64]
    """``(tokens,)``"""
    positions: NDArray[np.int64]
    """``(tokens,)``, counted from 0 anew in each comment."""
    comment_of_token: NDArray[np.int64]
    """``(tokens,)``, 0 to comments - 1: tokens attend to those of the same comment alone."""
    first_tokens: NDArray[np.int64]
    """``(comments,)``, where in the row each comment starts."""


def pack(comments: Sequence[Sequence[int]]) -> PackedRun:
    """Lay the token ids of ``comments`` end to end.

    Raises ``ValueError`` for no comment at all and for a comment without tokens.
    """
    lengths = np.array([len(comment) for comment in comments], dtype=np.int64)
    if not lengths.all() or not lengths.size:
        raise ValueError(
            f"comments of {lengths.tolist()} tokens can't be packed; each needs at least one"
        )
    first_tokens = np.cumsum(lengths) - lengths
    comment_of_token = np.repeat(np.arange(len(comments)), lengths)
    return PackedRun(
        token_ids=np.concatenate([np.asarray(comment, np.int64) for comment in comments]),
        positions=np.arange(lengths.sum()) - first_tokens[comment_of_token],
        comment_of_token=comment_of_token,
        first_tokens=first_tokens,
    )


def plan_runs(lengths: Sequence[int], run_tokens: int) -> list[list[int]]:
    """Divide comments of ``lengths`` tokens into runs of at most ``run_tokens`` tokens each.

    Returns the indices of each run's comments; every index stands in exactly one run. A comment
    longer than ``run_tokens`` is a run of its own. Placed by first fit decreasing, which needs
    at most 11/9 of the fewest runs possible, plus 6/9 (Dósa 2007).
    """
    runs: list[list[int]] = []
    room: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
        run = next((i for i, tokens in enumerate(room) if lengths[index] <= tokens), None)
        if run is None:
            run = len(runs)
            runs.append([])
            room.append(run_tokens)
        runs[run].append(index)
        room[run] -= lengths[index]
    return runs
