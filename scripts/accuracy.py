"""``make accuracy``: asks the running service about GoEmotions comments, and counts the hits."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from evaluation.accuracy import Accuracy
from evaluation.asking import Asked, ask_all, draw
from evaluation.confusion_plot import plot_confusion
from evaluation.dataset import load_split
from evaluation.formats import figure
from service.client import Client
from service.instance import Instance
from terminal.ending import INTERRUPTED, end, ending
from terminal.results import write_json


class UntrainedSplit(StrEnum):
    """The splits that the model was not trained on."""

    DEV = "dev"
    TEST = "test"


@ending("accuracy")
def main(
    *,
    count: Annotated[str, typer.Option(help="How many comments to draw, or all.")] = "50",
    split: Annotated[
        UntrainedSplit, typer.Option(help="The split to draw from.")
    ] = UntrainedSplit.TEST,
    seed: Annotated[int, typer.Option(help="What the draw depends on.")] = 2023,
    concurrency: Annotated[int, typer.Option(min=1, help="Comments asked at a time.")] = 16,
    output: Annotated[
        Path | None,
        typer.Option(help="Folder of the report.", show_default="reports/accuracy/TIME"),
    ] = None,
) -> None:
    """Ask the running service about GoEmotions comments, and print how many answers are right.

    Writes report.json and confusion.png. Ends with 0, with 2 if it can't run or the service
    went away, and with 130 after Ctrl-C; the last two report what was answered until then.
    """
    time = datetime.now().astimezone()
    client = Client(Instance.from_env(), connections=concurrency)
    model_version = client.describe()["model_version"]
    comments = draw(load_split(split.value), count, seed)
    asked = ask_all(client.predict, comments, concurrency)
    if asked.labels:
        circumstances = {
            "time": time.isoformat(timespec="seconds"),
            "url": client.prediction_url,
            "model_version": model_version,
            "split": split.value,
            "seed": seed,
            "count": len(comments),
            "answered": len(asked.labels),
        }
        folder = output or Path("reports", "accuracy", f"{time:%Y-%m-%dT%H-%M-%S}")
        _report(asked.measure(), circumstances, folder)
    _end(asked, len(comments))


def _report(accuracy: Accuracy, circumstances: Mapping[str, Any], folder: Path) -> None:
    _print(accuracy)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "report.json"
    write_json(file, {**circumstances, **accuracy.as_json()})
    title = (
        f"Hit rate {accuracy.hits.rate:.1%} of {circumstances['answered']} "
        f"{circumstances['split']} comments, model {circumstances['model_version']}"
    )
    plot_confusion(accuracy.confusion, title, folder / "confusion.png")
    typer.echo(f"report     {file}, with confusion.png beside it")


def _print(accuracy: Accuracy) -> None:
    table = Table("label")
    for column in ("precision", "recall", "F1", "support", "predicted"):
        table.add_column(column, justify="right")
    for each in accuracy.labels:
        figures = (figure(value, 3) for value in (each.precision, each.recall, each.f1))
        table.add_row(each.label, *figures, str(each.support), str(each.predicted))
    Console(highlight=False).print(table)
    hits = accuracy.hits
    low, high = hits.interval
    typer.echo(f"correct    {hits.count}")
    typer.echo(f"incorrect  {hits.of - hits.count}")
    typer.echo(f"hit rate   {hits.rate:.1%}, 95 % interval {low:.1%} to {high:.1%}")
    typer.echo(f"macro-F1   {accuracy.macro_f1:.3f}")


def _end(asked: Asked, count: int) -> None:
    answered = f"{len(asked.labels)} of {count} comments"
    if isinstance(asked.ended_by, KeyboardInterrupt):
        raise end("accuracy", f"interrupted after {answered}", INTERRUPTED)
    if asked.ended_by:
        raise end("accuracy", f"stopped after {answered}: {asked.ended_by}")


if __name__ == "__main__":
    typer.run(main)
