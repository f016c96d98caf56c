"""The comments that every contender is asked about: real ones where they are at hand."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from evaluation.comment_pool import Source, load_comments
from goemotions.preparation import prepare_text

Body = Callable[[str], object]
"""What a contender wants as JSON for a comment."""


@dataclass(frozen=True, slots=True)
class Workload:
    """Comments of mixed length in a random order, and where they come from."""

    origin: str
    comments: tuple[str, ...]


def load_workload(seed: int) -> Workload:
    """The comments that are at hand, in the order that ``seed`` gives.

    They are prepared as this service does it, which changes nothing for it and lets peers that
    know of no preparation read the same text. Raises ``CommentsError``.
    """
    pool = load_comments(Source.AUTO)
    comments = [prepare_text(comment) for comment in pool.comments]
    Random(seed).shuffle(comments)  # noqa: S311 - an order, not a secret
    return Workload(pool.origin, tuple(comments))


def write_bodies(file: Path, comments: Sequence[str], body: Body) -> Path:
    """Write the request body of each comment as a line of ``file``; returns ``file``."""
    lines = "".join(json.dumps(body(comment)) + "\n" for comment in comments)
    file.write_text(lines, encoding="utf-8")
    return file
