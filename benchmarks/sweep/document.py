"""Puts a sweep's tables into a document, between two marks; what stands around them is kept.

``python -m scripts.sweep.document FOLDER`` does it again from the results of a sweep.
"""

from pathlib import Path
from typing import Annotated, Final

import typer

from benchmarks.about import headline
from benchmarks.errors import BenchmarkError
from benchmarks.setup import REPOSITORY
from benchmarks.sweep.findings import Findings
from benchmarks.sweep.tables import tables_of
from goemotions.errors import GoEmotionsError

BEGIN: Final = "<!-- figures: written by benchmarks/sweep; the rest by hand -->"
END: Final = "<!-- end of the figures -->"
TUNING: Final = REPOSITORY / "docs" / "tuning.md"

_CANNOT_RUN: Final = 2


def main(
    folder: Annotated[Path, typer.Argument(help="The results of a sweep.")],
    into: Annotated[Path, typer.Option(help="The document with the two marks.")] = TUNING,
) -> None:
    """Put the tables of FOLDER in the place of those in the document."""
    try:
        put_into(into, Findings.load(folder))
    except (GoEmotionsError, OSError) as error:
        typer.echo(f"sweep: {error}", err=True)
        raise typer.Exit(_CANNOT_RUN) from error


def put_into(document: Path, findings: Findings) -> None:
    """Replace what stands between the marks; raises ``BenchmarkError`` where one is missing."""
    text = document.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise BenchmarkError(
            f"{document} has no lines `{BEGIN}` and `{END}`, between which the figures go; add them"
        )
    figures = f"{BEGIN}\n\n{as_markdown(findings)}\n{END}"
    document.write_text(f"{before}{figures}{after}", encoding="utf-8")


def as_markdown(findings: Findings) -> str:
    """The tables, what failed, and what it was measured on."""
    tables = [table.as_markdown() for table in tables_of(findings)]
    notes = [f"Not measured: {name}: {why}.\n" for name, why in findings.failures.items()]
    plan = findings.basis["plan"]
    how = (
        f"Each setting is started by itself, in turns, and loaded by wrk for {plan['seconds']} s "
        f"at each number of clients. {headline(findings.about)}.\n"
    )
    return "\n".join([*tables, *notes, how])


if __name__ == "__main__":
    typer.run(main)
