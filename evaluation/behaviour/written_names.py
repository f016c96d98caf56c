"""The effect of names on the answers to real comments, whose names the data set masks."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, islice, zip_longest
from pathlib import Path
from typing import Final

from evaluation.behaviour.measuring import Classifies
from evaluation.behaviour.reading import CAPABILITIES
from evaluation.dataset import Comment
from evaluation.gold import fold_gold
from evaluation.intervals import Share, Tally

_MASK: Final = "[NAME]"
_NAMINGS: Final = 3  # of each comment


@dataclass(frozen=True, slots=True)
class WrittenNames:
    """Comments with masked names, asked as they are, and three times each with names in them.

    Each comment with its namings is a cluster.

    ``flips_from_mask``  the namings whose answer differs from that of the masked comment.
    ``flips_of_names``   the pairs of namings whose answers differ.
    ``hits_masked``, ``hits_named``  the hit rates.
    """

    comments: int
    flips_from_mask: Share
    flips_of_names: Share
    hits_masked: Share
    hits_named: Share


def read_names(file: Path = CAPABILITIES / "names.toml") -> list[str]:
    """The names that fill the file's templates, without the mask, in turn from each culture.

    So names that follow each other are of different cultures.
    """
    fillers = tomllib.loads(file.read_text(encoding="utf-8"))["fillers"].values()
    in_turn = chain(*zip_longest(*(names for names in fillers if names != [_MASK])))
    return [name for name in in_turn if name is not None]


def measure_written_names(
    classifier: Classifies, comments: Sequence[Comment], names: Sequence[str]
) -> WrittenNames:
    """The effect of ``names`` in those of ``comments`` that have a masked one.

    Which names a comment gets depends on its place alone, so that the figures are the same each
    time. Raises ``ValueError`` if no comment has a masked name.
    """
    masked = [comment for comment in comments if _MASK in comment.text]
    if not masked:
        raise ValueError(f"none of {len(comments)} comments has {_MASK} in it")
    texts = [text for row, each in enumerate(masked) for text in _namings(each.text, row, names)]
    labels = iter([answer.label for answer in classifier.classify(texts)])
    answers = [tuple(islice(labels, 1 + _NAMINGS)) for _ in masked]
    gold = [fold_gold(comment.source_indices) for comment in masked]
    hits = [[label in own for label in labels] for labels, own in zip(answers, gold, strict=True)]
    return WrittenNames(
        comments=len(masked),
        flips_from_mask=_share([name != mask for name in named] for mask, *named in answers),
        flips_of_names=_share([a != b for a, b in combinations(n, 2)] for _, *n in answers),
        hits_masked=_share(hit[:1] for hit in hits),
        hits_named=_share(hit[1:] for hit in hits),
    )


def _share(comments: Iterable[Sequence[bool]]) -> Share:
    """The share of what is true, from one sequence a comment."""
    return Share.of_clusters([Tally(sum(comment), len(comment)) for comment in comments])


def _namings(text: str, row: int, names: Sequence[str]) -> list[str]:
    """The text, and the same with names in it; several masks get names one after another."""
    parts = text.split(_MASK)
    first = row * _NAMINGS
    return [text, *(_name(parts, names, first + naming) for naming in range(_NAMINGS))]


def _name(parts: Sequence[str], names: Sequence[str], first: int) -> str:
    named = [f"{names[(first + at) % len(names)]}{part}" for at, part in enumerate(parts[1:])]
    return parts[0] + "".join(named)
