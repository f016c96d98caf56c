"""``make accuracy``: asks the running service about GoEmotions comments, and counts the hits."""

import json
import math
import random
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from joblib import Parallel, delayed
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from evaluation.accuracy import Accuracy, Answer, measure
from evaluation.confusion_plot import plot_confusion
from evaluation.dataset import Comment, load_split
from evaluation.gold import fold_gold
from goemotions.errors import GoEmotionsError
from service.client import Client, ServiceUnavailableError
from service.instance import Instance
from terminal.ending import INTERRUPTED, end, ending

Answers = Generator[Answer, None, None]


class Split(StrEnum):
    """The splits that the model was not trained on."""

    DEV = "dev"
    TEST = "test"


class CountError(GoEmotionsError):
    """A ``--count`` that can't be drawn; the message says what can."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answers of a run, and what ended it early, if anything did."""

    answers: Sequence[Answer]
    ended_by: KeyboardInterrupt | ServiceUnavailableError | None


@ending("accuracy")
def main(
    *,
    count: Annotated[str, typer.Option(help="How many comments to draw, or all.")] = "50",
    split: Annotated[Split, typer.Option(help="The split to draw from.")] = Split.TEST,
    seed: Annotated[int, typer.Option(help="What the draw depends on.")] = 2023,
    concurrency: Annotated[int, typer.Option(min=1, help="Comments asked at a time.")] = 16,
    output: Annotated[
        Path | None,
        typer.Option(help="Folder of the report.", show_default="reports/accuracy/TIME"),
    ] = None,
) -> None:
    """Ask the running service about GoEmotions comments, and print how many answers are right.

    Writes report.json and confusion.png. Ends with 0, with 2 where it can't run or the service
    went away, and with 130 after Ctrl-C; the last two report what was answered until then.
    """
    time = datetime.now().astimezone()
    client = Client(Instance.from_env(), connections=concurrency)
    model_version = client.describe()["model_version"]
    comments = draw(load_split(split.value), count, seed)
    outcome = _ask_all(client, comments, concurrency)
    if outcome.answers:
        circumstances = {
            "time": time.isoformat(timespec="seconds"),
            "url": client.prediction_url,
            "model_version": model_version,
            "split": split.value,
            "seed": seed,
            "count": len(comments),
            "answered": len(outcome.answers),
        }
        folder = output or Path("reports", "accuracy", f"{time:%Y-%m-%dT%H-%M-%S}")
        _report(measure(outcome.answers), circumstances, folder)
    _end(outcome, len(comments))


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


def _ask_all(client: Client, comments: Sequence[Comment], concurrency: int) -> Outcome:
    answers: list[Answer] = []
    progress = Progress(
        TextColumn("asking"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("hit rate {task.fields[hit_rate]}"),
        console=Console(stderr=True),
    )
    try:
        with progress, closing(_ask(client, comments, concurrency)) as incoming:
            task = progress.add_task("", total=len(comments), hit_rate="")
            hits = 0
            for answer in incoming:
                answers.append(answer)
                hits += answer.is_hit
                progress.update(task, advance=1, hit_rate=f"{hits / len(answers):.1%}")
    except (KeyboardInterrupt, ServiceUnavailableError) as error:
        return Outcome(answers, error)
    return Outcome(answers, None)


def _ask(client: Client, comments: Iterable[Comment], concurrency: int) -> Answers:
    """The answers as they come in; closing it takes back what was not asked yet."""

    def ask(comment: Comment) -> Answer:
        return Answer(fold_gold(comment.source_indices), client.predict(comment.text))

    parallel = Parallel(n_jobs=concurrency, backend="threading", return_as="generator_unordered")
    answers: Answers = parallel(delayed(ask)(comment) for comment in comments)
    return answers


def _report(accuracy: Accuracy, circumstances: Mapping[str, Any], folder: Path) -> None:
    _print(accuracy)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "report.json"
    report = {**circumstances, **accuracy.as_json()}
    file.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    title = (
        f"hit rate {accuracy.hit_rate:.1%} of {circumstances['answered']} "
        f"{circumstances['split']} comments, model {circumstances['model_version']}"
    )
    plot_confusion(accuracy.confusion, title, folder / "confusion.png")
    typer.echo(f"report     {file}, with confusion.png beside it")


def _print(accuracy: Accuracy) -> None:
    table = Table("label")
    for column in ("precision", "recall", "F1", "support", "predicted"):
        table.add_column(column, justify="right")
    for quality in accuracy.labels:
        figures = (quality.precision, quality.recall, quality.f1)
        table.add_row(
            quality.label,
            *("-" if math.isnan(figure) else f"{figure:.3f}" for figure in figures),
            str(quality.support),
            str(quality.predicted),
        )
    Console(highlight=False).print(table)
    low, high = accuracy.interval
    typer.echo(f"correct    {accuracy.correct}")
    typer.echo(f"incorrect  {accuracy.incorrect}")
    typer.echo(f"hit rate   {accuracy.hit_rate:.1%}, 95 % interval {low:.1%} to {high:.1%}")
    typer.echo(f"macro-F1   {accuracy.macro_f1:.3f}")


def _end(outcome: Outcome, count: int) -> None:
    match outcome.ended_by:
        case KeyboardInterrupt():
            message = f"interrupted after {len(outcome.answers)} of {count} comments"
            raise end("accuracy", message, INTERRUPTED)
        case ServiceUnavailableError() as error:
            message = f"stopped after {len(outcome.answers)} of {count} comments: {error}"
            raise end("accuracy", message)


if __name__ == "__main__":
    typer.run(main)
