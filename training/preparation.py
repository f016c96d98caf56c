"""The training split as the settings want it: the part used, first names, targets."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from torch import Tensor

from evaluation.dataset import Comment
from goemotions.preparation import prepare_text, replace_lone_surrogates
from goemotions.taxonomy import SOURCE_LABELS
from training.objective import gold_indicators, target_distributions
from training.settings import Emoji, TrainingSettings

# The preparation of a text before it is tokenised, by the setting ``emoji``.
PREPARATIONS: Final[dict[Emoji, Callable[[str], str]]] = {
    "words": prepare_text,
    "kept": replace_lone_surrogates,
}
_NAME_MASK: Final = "[NAME]"
_FIRST_NAMES: Final = Path(__file__).with_name("first_names.txt")
# Not the run's seed: runs of several seeds are to see the same part.
_PART_SEED: Final = 0


@cache
def first_names() -> tuple[str, ...]:
    """First names of many languages, for the places where GoEmotions masks one by ``[NAME]``."""
    lines = _FIRST_NAMES.read_text(encoding="utf-8").splitlines()
    return tuple(name for line in lines if not line.startswith("#") for name in line.split())


def choose_rows(comments: int, share: float) -> list[int]:
    """The rows, ascending, of a random part of so many comments; for the share 1 all of them."""
    wanted = max(1, round(comments * share))
    return sorted(
        np.random.default_rng(_PART_SEED).choice(comments, wanted, replace=False).tolist()
    )


def name_the_masked(comments: Sequence[Comment], share: float, seed: int) -> list[Comment]:
    """The comments, with random first names in a ``share`` of those that have ``[NAME]``.

    Users write names, and the data set masks them all. Either all masks of a comment are replaced,
    each by a name of its own, or none. The same seed gives the same names.
    """
    random = np.random.default_rng(seed)
    return [
        _named(comment, random)
        if _NAME_MASK in comment.text and random.random() < share
        else comment
        for comment in comments
    ]


def gold_targets(comments: Sequence[Comment], settings: TrainingSettings) -> Tensor:
    """The gold labels as ``settings.loss`` takes them, ``(len(comments), 28)``, float32.

    Smoothed distributions for the softmax loss, 0 and 1 for the sigmoid one.
    """
    gold = [comment.source_indices for comment in comments]
    if settings.loss == "sigmoid":
        return gold_indicators(gold, len(SOURCE_LABELS))
    return target_distributions(gold, len(SOURCE_LABELS), settings.label_smoothing)


def _named(comment: Comment, random: np.random.Generator) -> Comment:
    first, *rest = comment.text.split(_NAME_MASK)
    names = first_names()
    text = first + "".join(f"{names[random.integers(len(names))]}{part}" for part in rest)
    return Comment(text=text, source_indices=comment.source_indices, id=comment.id)
