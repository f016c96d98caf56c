"""The mistakes of a model by kind, and those of which it was surest.

Comments are named by their ids alone: their texts are the data set's to give.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from evaluation.dataset import Comment
from evaluation.quality_report.scored import Scored
from goemotions.taxonomy import SOURCE_LABELS

LISTED: Final = 50

_NEUTRAL: Final = "neutral"

# The data set's own grouping of its emotions (Demszky et al. 2020, figure 2), of those that are
# served. A served label has the sentiment of the source label of its name.
_SENTIMENT: Final = {
    "admiration": "positive",
    "amusement": "positive",
    "gratitude": "positive",
    "joy": "positive",
    "love": "positive",
    "optimism": "positive",
    "anger": "negative",
    "annoyance": "negative",
    "disapproval": "negative",
    "remorse": "negative",
    "sadness": "negative",
    "curiosity": "ambiguous",
    "surprise": "ambiguous",
    _NEUTRAL: _NEUTRAL,
}

EMOTION_FOR_NEUTRAL: Final = "an emotion, although the raters saw none"
NEUTRAL_FOR_EMOTION: Final = "neutral, although the raters saw an emotion"
SAME_SENTIMENT: Final = "another emotion of the same sentiment"
OPPOSITE_SENTIMENT: Final = "the opposite sentiment"
AMBIGUOUS: Final = "curiosity or surprise for a sentiment, or the reverse"

KINDS: Final = (
    EMOTION_FOR_NEUTRAL,
    NEUTRAL_FOR_EMOTION,
    SAME_SENTIMENT,
    OPPOSITE_SENTIMENT,
    AMBIGUOUS,
)


def kind_of(gold: Collection[str], answer: str) -> str:
    """One of ``KINDS``, for an answer that is not among the served gold labels."""
    if answer == _NEUTRAL:
        return NEUTRAL_FOR_EMOTION
    wanted = {_SENTIMENT[label] for label in gold} - {_NEUTRAL}
    if not wanted:
        return EMOTION_FOR_NEUTRAL
    if _SENTIMENT[answer] in wanted:
        return SAME_SENTIMENT
    if "ambiguous" in wanted or _SENTIMENT[answer] == "ambiguous":
        return AMBIGUOUS
    return OPPOSITE_SENTIMENT


@dataclass(frozen=True, slots=True)
class Mistake:
    """One comment, answered with none of its gold labels.

    ``gold``    its folded gold labels; ``source_gold`` those of the data set.
    ``score``   of the answer, 0 to 1.
    ``second``  the label of the second highest score, which may be a gold one.
    """

    id: str
    kind: str
    gold: tuple[str, ...]
    source_gold: tuple[str, ...]
    answer: str
    score: float
    second: str


@dataclass(frozen=True, slots=True)
class MistakeKind:
    """How many mistakes are of a kind, and how many of those that are listed."""

    name: str
    of_all: int
    of_listed: int


@dataclass(frozen=True, slots=True)
class Mistakes:
    """The mistakes of a split over the served labels.

    ``of``            all of them.
    ``listed``        up to ``LISTED``, the surest first.
    ``second_right``  among the listed: those whose second label is a gold one.
    ``kinds``         that there are, the one with most listed mistakes first.
    """

    of: int
    listed: tuple[Mistake, ...]
    second_right: int
    kinds: tuple[MistakeKind, ...]

    @classmethod
    def of_split(cls, scored: Scored, comments: Sequence[Comment]) -> Self:
        """The mistakes among ``comments``, which ``scored`` holds the scores of."""
        found = _find_mistakes(scored, comments)
        listed = sorted(found, key=lambda each: -each.score)[:LISTED]
        of_all = Counter(each.kind for each in found)
        of_listed = Counter(each.kind for each in listed)
        kinds = [MistakeKind(kind, of_all[kind], of_listed[kind]) for kind in KINDS if of_all[kind]]
        return cls(
            of=len(found),
            listed=tuple(listed),
            second_right=sum(each.second in each.gold for each in listed),
            kinds=tuple(sorted(kinds, key=lambda kind: -kind.of_listed)),
        )


def _find_mistakes(scored: Scored, comments: Sequence[Comment]) -> list[Mistake]:
    answers, second, scores = scored.answers, scored.second_answers, scored.top_scores
    mistakes = []
    for row in np.flatnonzero(~scored.hits).tolist():
        gold = tuple(scored.labels[column] for column in np.flatnonzero(scored.gold[row]))
        answer = scored.labels[answers[row]]
        mistakes.append(
            Mistake(
                id=comments[row].id,
                kind=kind_of(gold, answer),
                gold=gold,
                source_gold=tuple(SOURCE_LABELS[i] for i in comments[row].source_indices),
                answer=answer,
                score=float(scores[row]),
                second=scored.labels[second[row]],
            )
        )
    return mistakes
