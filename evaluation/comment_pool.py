"""The comments that load tests and benchmarks send: GoEmotions' or the bundled ones."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Final

from evaluation.dataset import load_split

_BUNDLED: Final = Path(__file__).with_name("comments.txt")
_LONGEST_SHARE: Final = 0.05


class Source(StrEnum):
    """The sources of comments."""

    AUTO = "auto"
    GOEMOTIONS = "goemotions"
    BUNDLED = "bundled"


@dataclass(frozen=True, slots=True)
class CommentPool:
    """Comments to draw from, and the longest twentieth of them."""

    origin: str
    comments: Sequence[str]
    longest: Sequence[str]

    def draw(self, random: Random) -> str:
        """One comment."""
        return random.choice(self.comments)

    def draw_long(self, random: Random) -> str:
        """One of the longest comments."""
        return random.choice(self.longest)


@lru_cache(maxsize=1)
def load_comments(source: Source) -> CommentPool:
    """The pool of ``source``.

    ``auto`` takes GoEmotions' test split if ``GOEMOTIONS_DIR`` says that it is at hand, and
    never goes to the Hub; ``goemotions`` does. Raises ``DataUnavailableError``.
    """
    at_hand = bool(os.environ.get("GOEMOTIONS_DIR"))
    if source is Source.GOEMOTIONS or (source is Source.AUTO and at_hand):
        return _pool("GoEmotions, test split", [each.text for each in load_split("test")])
    return _pool("bundled, written for this project", _BUNDLED.read_text("utf-8").splitlines())


def _pool(origin: str, comments: list[str]) -> CommentPool:
    by_length = sorted(comments, key=len, reverse=True)
    return CommentPool(origin, comments, by_length[: max(1, int(len(comments) * _LONGEST_SHARE))])
