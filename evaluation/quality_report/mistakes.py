"""The mistakes of a model by kind, and those of which it was surest.

Comments are named by their ids alone: their texts are the data set's to give.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final

import numpy as np

from evaluation.dataset import Comment
from evaluation.formats import Figures
from evaluation.quality_report.scored import Scored
from goemotions.taxonomy import SOURCE_LABELS

LISTED: Final = 50

_NEUTRAL: Final = "neutral"

# The data set's own grouping of its emotions (Demszky et al. 2020, figure 2), of those that are
# served. A served label has the sentiment of the source label of its name.
_SENTIMENT: Final = {
    **dict.fromkeys(
        ("admiration", "amusement", "gratitude", "joy", "love", "optimism"), "positive"
    ),
    **dict.fromkeys(("anger", "annoyance", "disapproval", "remorse", "sadness"), "negative"),
    **dict.fromkeys(("curiosity", "surprise"), "ambiguous"),
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


def find_mistakes(scored: Scored, comments: Sequence[Comment]) -> Figures:
    """The mistakes over the served labels among ``comments``, which ``scored`` has the scores of.

    ``of``            all of them.
    ``listed``        up to ``LISTED``, the surest first.
    ``second_right``  among the listed: those whose second label is a gold one.
    ``kinds``         that there are, the one with most listed mistakes first.
    """
    rows = np.flatnonzero(~scored.hits).tolist()
    found = [_mistake(scored, row, comments[row]) for row in rows]
    listed = sorted(found, key=lambda each: -each["score"])[:LISTED]
    of_all, of_listed = (Counter(each["kind"] for each in some) for some in (found, listed))
    kinds = [
        {"name": kind, "of_all": of_all[kind], "of_listed": of_listed[kind]}
        for kind in sorted(KINDS, key=lambda kind: -of_listed[kind])
        if of_all[kind]
    ]
    return {
        "of": len(found),
        "listed": listed,
        "second_right": sum(each["second"] in each["gold"] for each in listed),
        "kinds": kinds,
    }


def _mistake(scored: Scored, row: int, comment: Comment) -> Figures:
    """A comment's ``gold`` labels as served and as the data set has them, and its best two."""
    gold = [scored.labels[column] for column in np.flatnonzero(scored.gold[row])]
    scores = scored.scores[row]
    answer = scored.labels[scores.argmax()]
    return {
        "id": comment.id,
        "kind": kind_of(gold, answer),
        "gold": gold,
        "source_gold": [SOURCE_LABELS[index] for index in comment.source_indices],
        "answer": answer,
        "score": float(scores.max()),
        "second": scored.labels[np.argsort(scores, kind="stable")[-2]],
    }
