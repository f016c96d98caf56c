"""Comments of any length placed end to end, so that nothing is computed for padding."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class PackedRun:
    """The tokens of one or more comments in one row, comment after comment."""

    token_ids: NDArray[np.int64]
    """``(tokens,)``"""
    positions: NDArray[np.int64]
    """``(tokens,)``, counted from 0 in each comment."""
    comment_of_token: NDArray[np.int64]
    """``(tokens,)``, 0 to comments - 1: a token attends only to those of its comment."""
    first_tokens: NDArray[np.int64]
    """``(comments,)``, the index in the row at which each comment starts."""


# The inputs of a packed encoder, in their order.
INPUTS: Final = tuple(field.name for field in fields(PackedRun))


def pack(comments: Sequence[Sequence[int]]) -> PackedRun:
    """Place the token ids of ``comments`` end to end.

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


def infer_packed(
    batch: Sequence[Sequence[int]],
    run_tokens: int,
    labels: int,
    infer: Callable[[PackedRun], NDArray[np.float32]],
) -> NDArray[np.float32]:
    """The logits ``(batch, labels)`` of comments given as token ids, in the order of the batch.

    ``infer`` is called for each run of about ``run_tokens`` tokens, and gives the logits
    ``(comments, labels)`` of the run. Raises ``ValueError`` for a comment without tokens.
    """
    logits = np.empty((len(batch), labels), dtype=np.float32)
    for run in plan_runs([len(comment) for comment in batch], run_tokens):
        logits[run] = infer(pack([batch[index] for index in run]))
    return logits


def plan_runs(lengths: Sequence[int], run_tokens: int) -> list[list[int]]:
    """Divide comments of ``lengths`` tokens into runs of at most ``run_tokens`` tokens each.

    Returns the indices of each run's comments; every index is in exactly one run. A comment longer
    than ``run_tokens`` is a run of its own. The rule is first fit decreasing, which needs at most
    11/9 of the fewest possible runs, plus 6/9 (Dósa 2007).
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
