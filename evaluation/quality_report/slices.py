"""The hit rate and the calibration by kind of comment."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import emoji
import numpy as np
from numpy.typing import NDArray
from scipy.stats import fisher_exact

from evaluation.dataset import Comment
from evaluation.gold import fold_gold
from evaluation.intervals import Share
from evaluation.quality_report.scored import Scored

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


def _words(comment: Comment) -> int:
    return len(comment.text.split())


def _gold_labels(comment: Comment) -> int:
    return len(fold_gold(comment.source_indices))


def _matches(pattern: re.Pattern[str], comment: Comment) -> bool:
    return pattern.search(_MASK.sub(" ", comment.text)) is not None


SLICE_RULES: Final[Mapping[str, Callable[[Comment], bool]]] = {
    "1 to 4 words": lambda c: _words(c) in range(1, 5),
    "5 to 8 words": lambda c: _words(c) in range(5, 9),
    "9 to 14 words": lambda c: _words(c) in range(9, 15),
    "15 to 20 words": lambda c: _words(c) in range(15, 21),
    "21 words or more": lambda c: _words(c) not in range(21),
    "question mark": lambda c: "?" in c.text,
    "exclamation mark": lambda c: "!" in c.text,
    "emoji": lambda c: emoji.emoji_count(c.text) > 0,
    "[NAME]": lambda c: "[NAME]" in c.text,
    "negation": lambda c: _matches(_NEGATION, c),
    "profanity": lambda c: _matches(_PROFANITY, c),
    "word in capitals": lambda c: _matches(_WORD_IN_CAPITALS, c),
    "one gold label": lambda c: _gold_labels(c) == 1,
    "several gold labels": lambda c: _gold_labels(c) > 1,
}
"""By name of slice: whether a comment belongs to it."""


@dataclass(frozen=True, slots=True)
class Slice:
    """The comments of one kind.

    ``gap``         mean score minus hit rate: above 0, the scores are too high.
    ``difference``  their hit rate minus that of all other comments; None if there are none.
    ``p_value``     of that difference, by Fisher's exact test, for this slice by itself.
    """

    name: str
    hits: Share
    gap: float
    difference: float | None
    p_value: float | None


def measure_slices(scored: Scored, comments: Sequence[Comment]) -> tuple[Slice, ...]:
    """The slices of one split that hold any comments, in the order of their rules."""
    members = slice_members(comments)
    return tuple(_measure(name, scored, rows) for name, rows in members.items() if rows.any())


def slice_members(comments: Sequence[Comment]) -> Mapping[str, NDArray[np.bool_]]:
    """By name of slice: ``(comments,)``, true for those that belong to it."""
    return {
        name: np.array([belongs(comment) for comment in comments], bool)
        for name, belongs in SLICE_RULES.items()
    }


def _measure(name: str, scored: Scored, rows: NDArray[np.bool_]) -> Slice:
    hits, others = scored.hits[rows], scored.hits[~rows]
    table = [[hits.sum(), (~hits).sum()], [others.sum(), (~others).sum()]]
    return Slice(
        name=name,
        hits=Share.among(hits),
        gap=float(scored.top_scores[rows].mean() - hits.mean()),
        difference=float(hits.mean() - others.mean()) if len(others) else None,
        p_value=float(fisher_exact(table).pvalue) if len(others) else None,
    )
