"""``python -m scripts.evaluate``: measures a model folder and writes docs/quality/."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from evaluation.dataset import load_split
from evaluation.formats import Figures
from terminal.ending import ending

console = Console(highlight=False)


@ending("evaluate")
def main(
    *,
    model: Annotated[
        Path, typer.Option(envvar="MODEL", help="The model folder to measure.")
    ] = Path("model"),
    out: Annotated[Path, typer.Option(help="The folder to write.")] = Path("docs/quality"),
) -> None:
    """Measure how good a model is on dev and test, and write the report.

    The same model and data give the same bytes. Ends with 0, with 2 if it can't run; a goal
    that is missed is reported, and is no failure.
    """
    comments = {split: load_split(split) for split in ("train", "dev", "test")}
    # These import torch and matplotlib, which takes seconds; a wrong command line should not.
    from evaluation.quality_report.report import make_report, write_report  # noqa: PLC0415
    from evaluation.quality_report.scored import score_comments  # noqa: PLC0415
    from evaluation.served_model import load_served  # noqa: PLC0415

    classifier, info = load_served(model)
    scored = {
        split: score_comments(classifier, comments[split], f"scoring {split}")
        for split in ("dev", "test")
    }
    report = make_report(info, scored, comments)
    write_report(report, out)
    console.print(_table(report["goals"]))
    console.print(f"Written to {out}; read {out / 'README.md'}.", soft_wrap=True)


def _table(goals: Sequence[Figures]) -> Table:
    table = Table("goal", box=None)
    for column in ("bound", "figure", "met"):
        table.add_column(column, justify="right")
    for each in goals:
        bound = f"{each['direction']} {each['bound']:.3f}"
        met = "yes" if each["is_met"] else "no"
        table.add_row(each["name"], bound, f"{each['figure']:.4f}", met)
    return table


if __name__ == "__main__":
    typer.run(main)
