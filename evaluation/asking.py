"""Comments of the data set that are put to a service, and its answers."""

import random
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from evaluation.accuracy import Accuracy, measure_accuracy
from evaluation.dataset import Comment
from evaluation.gold import fold_gold, folded_gold
from goemotions.errors import GoEmotionsError
from goemotions.taxonomy import LABELS


class CountError(GoEmotionsError):
    """A count of comments that can't be drawn; the message says what can."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The comments that were answered, the labels that they got, and what ended it early."""

    comments: Sequence[Comment]
    labels: Sequence[str]
    ended_by: KeyboardInterrupt | GoEmotionsError | None

    def measure(self) -> Accuracy:
        """The accuracy of the answers; raises ``ValueError`` if there are none."""
        indices = np.array([LABELS.index(label) for label in self.labels], np.intp)
        return measure_accuracy(folded_gold(self.comments), indices)


def draw(comments: Sequence[Comment], count: str, seed: int) -> Sequence[Comment]:
    """``count`` of the comments, drawn without replacement; ``all`` takes them as they come.

    Raises ``CountError``.
    """
    if count == "all":
        return comments
    if not count.isdecimal() or not 1 <= int(count) <= len(comments):
        raise CountError(
            f"the count is {count!r}; it must be a number from 1 to {len(comments)}, or all"
        )
    return random.Random(seed).sample(comments, int(count))  # noqa: S311 - no secret is drawn


def ask_all(predict: Callable[[str], str], comments: Sequence[Comment], concurrency: int) -> Asked:
    """Ask ``predict`` for the label of each comment, ``concurrency`` at a time; shows progress.

    Ctrl-C and an error of ``predict`` end it early, and what was answered until then is kept.
    """
    asked: list[Comment] = []
    labels: list[str] = []
    ended_by: KeyboardInterrupt | GoEmotionsError | None = None
    try:
        with _progress() as progress, closing(_ask(predict, comments, concurrency)) as answers:
            task = progress.add_task("", total=len(comments), hit_rate="")
            hits = 0
            for comment, label in answers:
                asked.append(comment)
                labels.append(label)
                hits += label in fold_gold(comment.source_indices)
                progress.update(task, advance=1, hit_rate=f"{hits / len(labels):.1%}")
    except (KeyboardInterrupt, GoEmotionsError) as error:
        ended_by = error
    return Asked(asked, labels, ended_by)


def _ask(
    predict: Callable[[str], str], comments: Sequence[Comment], concurrency: int
) -> Generator[tuple[Comment, str], None, None]:
    """Comments and their labels as they come in; closing it takes back what was not asked yet."""

    def ask(comment: Comment) -> tuple[Comment, str]:
        return comment, predict(comment.text)

    parallel = Parallel(n_jobs=concurrency, backend="threading", return_as="generator_unordered")
    answers: Generator[tuple[Comment, str], None, None] = parallel(map(delayed(ask), comments))
    return answers


def _progress() -> Progress:
    return Progress(
        TextColumn("asking"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("hit rate {task.fields[hit_rate]}"),
        console=Console(stderr=True),
    )
