"""The kinds of comments that the quality is told apart for."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import emoji

from evaluation.dataset import Comment
from evaluation.gold import fold_gold
from goemotions.taxonomy import LABELS


@dataclass(frozen=True, slots=True)
class SliceRule:
    """A name, and whether a comment belongs there."""

    name: str
    holds: Callable[[Comment], bool]


_MASK: Final = re.compile(r"\[(?:NAME|RELIGION)\]")
# A small list: whole words, or what they begin or end with.
_PROFANITY: Final = re.compile(
    r"\b(?:\w*fuck\w*|\w*shit\w*|bitch\w*|\w*asshole\w*|dumbass\w*|ass|asses|damn\w*|goddamn\w*"
    r"|crap\w*|bastard\w*|cunt\w*|dick\w*|piss\w*|hell|wtf)\b",
    re.IGNORECASE,
)
_NEGATION: Final = re.compile(
    r"\b(?:no|not|never|none|nothing|nobody|nowhere|neither|nor|without|cannot"
    r"|(?:ca|do|does|did|is|was|are|wo|would|should|could|have|has)nt)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
_WORD_IN_CAPITALS: Final = re.compile(r"\b[A-Z]{4,}\b")


def _has_words(fewest: int, most: int | None, comment: Comment) -> bool:
    words = len(comment.text.split())
    return fewest <= words and (most is None or words <= most)


def _contains(part: str, comment: Comment) -> bool:
    return part in comment.text


def _matches(pattern: re.Pattern[str], comment: Comment) -> bool:
    return pattern.search(_MASK.sub(" ", comment.text)) is not None


def _has_emoji(comment: Comment) -> bool:
    return emoji.emoji_count(comment.text) > 0


def _has_gold_labels(fewest: int, most: int, comment: Comment) -> bool:
    return fewest <= len(fold_gold(comment.source_indices)) <= most


SLICE_RULES: Final = (
    SliceRule("1 to 4 words", partial(_has_words, 1, 4)),
    SliceRule("5 to 8 words", partial(_has_words, 5, 8)),
    SliceRule("9 to 14 words", partial(_has_words, 9, 14)),
    SliceRule("15 to 20 words", partial(_has_words, 15, 20)),
    SliceRule("21 words or more", partial(_has_words, 21, None)),
    SliceRule("question mark", partial(_contains, "?")),
    SliceRule("exclamation mark", partial(_contains, "!")),
    SliceRule("emoji", _has_emoji),
    SliceRule("[NAME]", partial(_contains, "[NAME]")),
    SliceRule("negation", partial(_matches, _NEGATION)),
    SliceRule("profanity", partial(_matches, _PROFANITY)),
    SliceRule("word in capitals", partial(_matches, _WORD_IN_CAPITALS)),
    SliceRule("one gold label", partial(_has_gold_labels, 1, 1)),
    SliceRule("several gold labels", partial(_has_gold_labels, 2, len(LABELS))),
)
