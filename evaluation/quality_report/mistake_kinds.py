"""What kind of mistake an answer is, by the sentiment of what was said and what was meant."""

from collections.abc import Collection
from typing import Final

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

EMOTION_FOR_NEUTRAL: Final = "an emotion, where the raters saw none"
NEUTRAL_FOR_EMOTION: Final = "neutral, where the raters saw an emotion"
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
