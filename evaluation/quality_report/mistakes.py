"""The mistakes of which the model was surest: which ones, of what kind, and what they share.

Comments are named by their ids alone: their texts are the data set's to give.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from evaluation.dataset import Comment
from evaluation.quality_report.mistake_kinds import KINDS, kind_of
from evaluation.quality_report.scored import Scored
from evaluation.quality_report.slices import slice_members
from goemotions.taxonomy import SOURCE_LABELS

LISTED: Final = 50


@dataclass(frozen=True, slots=True)
class Mistake:
    """One comment, answered with none of its gold labels.

    ``gold``         its folded gold labels; ``source_gold`` those of the data set.
    ``score``        of the answer, 0 to 1.
    ``second``       the label of the second highest score, which may be a gold one.
    """

    id: str
    gold: tuple[str, ...]
    source_gold: tuple[str, ...]
    answer: str
    score: float
    second: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Folded gold labels, the answer that they got, and how often among the listed."""

    gold: tuple[str, ...]
    answer: str
    count: int


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of mistake: its share of all mistakes, and those of it that are listed.

    ``pairs``  the most frequent first.
    """

    name: str
    share_of_all: float
    listed: tuple[Mistake, ...]
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Trait:
    """A kind of comment: its share, 0 to 1, of the listed mistakes and of all comments."""

    name: str
    share_of_listed: float
    share_of_comments: float


@dataclass(frozen=True, slots=True)
class SurestMistakes:
    """Up to ``LISTED`` mistakes by score, grouped.

    ``of``           all mistakes of the split.
    ``second_right`` among the listed: those whose second label is a gold one.
    ``kinds``        with any listed mistake, that with most first.
    ``traits``       by how much more frequent they are among the listed.
    """

    of: int
    listed: int
    lowest_score: float
    second_right: int
    kinds: tuple[Kind, ...]
    traits: tuple[Trait, ...]

    @classmethod
    def of_split(cls, scored: Scored, comments: Sequence[Comment]) -> Self:
        """The surest mistakes among ``comments``, which ``scored`` holds the scores of."""
        missed = np.flatnonzero(~scored.hits)
        surest = missed[np.argsort(-scored.top_scores[missed], kind="stable")][:LISTED]
        second = np.argsort(scored.scores, axis=1, kind="stable")[:, -2]
        return cls(
            of=len(missed),
            listed=len(surest),
            lowest_score=float(scored.top_scores[surest].min(initial=1)),
            second_right=int(scored.gold[surest, second[surest]].sum()),
            kinds=_kinds(scored, comments, missed, surest, second),
            traits=_traits(comments, surest),
        )


def _kinds(
    scored: Scored,
    comments: Sequence[Comment],
    missed: NDArray[np.intp],
    surest: NDArray[np.intp],
    second: NDArray[np.intp],
) -> tuple[Kind, ...]:
    listed: Mapping[str, list[Mistake]] = {kind: [] for kind in KINDS}
    for row in surest.tolist():
        listed[_kind(scored, row)].append(_mistake(scored, comments[row], row, int(second[row])))
    of_all = [_kind(scored, row) for row in missed.tolist()]
    kinds = [
        Kind(kind, of_all.count(kind) / len(of_all), tuple(mistakes), _pairs(mistakes))
        for kind, mistakes in listed.items()
        if mistakes
    ]
    return tuple(sorted(kinds, key=lambda kind: -len(kind.listed)))


def _pairs(mistakes: Sequence[Mistake]) -> tuple[Pair, ...]:
    counts = Counter((each.gold, each.answer) for each in mistakes)
    return tuple(Pair(*pair, count) for pair, count in counts.most_common())


def _kind(scored: Scored, row: int) -> str:
    return kind_of(_gold_names(scored, row), scored.labels[scored.answers[row]])


def _gold_names(scored: Scored, row: int) -> tuple[str, ...]:
    return tuple(scored.labels[column] for column in np.flatnonzero(scored.gold[row]))


def _mistake(scored: Scored, comment: Comment, row: int, second: int) -> Mistake:
    return Mistake(
        id=comment.id,
        gold=_gold_names(scored, row),
        source_gold=tuple(SOURCE_LABELS[index] for index in comment.source_indices),
        answer=scored.labels[scored.answers[row]],
        score=float(scored.top_scores[row]),
        second=scored.labels[second],
    )


def _traits(comments: Sequence[Comment], surest: NDArray[np.intp]) -> tuple[Trait, ...]:
    traits = [
        Trait(name, float(rows[surest].mean()), float(rows.mean()))
        for name, rows in slice_members(comments).items()
        if len(surest) and rows.any()
    ]
    return tuple(sorted(traits, key=lambda t: t.share_of_comments - t.share_of_listed))
