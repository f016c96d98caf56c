"""The gold labels of comments, and the answers that hit them."""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evaluation.dataset import Comment
from goemotions.taxonomy import GROUPS, LABEL_OF_SOURCE, SOURCE_LABELS, Taxonomy

# (28, 14): 1 if a source label belongs to a label.
MEMBERSHIP: Final = np.array(
    [[source in sources for sources in GROUPS.values()] for source in SOURCE_LABELS], np.float32
)


def fold_gold(source_indices: Iterable[int]) -> frozenset[str]:
    """The labels that the gold source label indices (0 to 27) of one comment fold into."""
    return frozenset(LABEL_OF_SOURCE[SOURCE_LABELS[index]] for index in source_indices)


def gold_comments(comments: Sequence[Comment]) -> list[tuple[str, frozenset[str]]]:
    """Each comment's text and its folded gold labels."""
    return [(comment.text, fold_gold(comment.source_indices)) for comment in comments]


def folded_gold(comments: Sequence[Comment]) -> NDArray[np.bool_]:
    """``(len(comments), 14)``: whether a label is among the comment's folded gold labels."""
    folded: NDArray[np.bool_] = source_gold(comments) @ MEMBERSHIP.astype(bool)
    return folded


def source_gold(comments: Sequence[Comment]) -> NDArray[np.bool_]:
    """``(len(comments), 28)``: whether a source label is among the comment's gold labels."""
    gold = np.zeros((len(comments), len(SOURCE_LABELS)), bool)
    for row, comment in enumerate(comments):
        gold[row, list(comment.source_indices)] = True
    return gold


def gold_of(taxonomy: Taxonomy, comments: Sequence[Comment]) -> NDArray[np.bool_]:
    """The gold labels as ``taxonomy`` has them."""
    return folded_gold(comments) if taxonomy is Taxonomy.SERVED else source_gold(comments)


def find_hits(scores: NDArray[np.floating], gold: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """``(comments,)``: whether the label of the highest score or logit is a gold one."""
    found: NDArray[np.bool_] = gold[np.arange(len(gold)), scores.argmax(axis=1)]
    return found


def fold_probabilities(probabilities: NDArray[np.floating]) -> NDArray[np.floating]:
    """``(comments, 28)`` folded into ``(comments, 14)``: each group's sum."""
    folded: NDArray[np.floating] = probabilities @ MEMBERSHIP
    return folded
