"""A table for the terminal and for a document, and the way figures are written in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table

from benchmarks.report.medians import Spread


@dataclass(frozen=True, slots=True)
class FigureTable:
    """A title, a header and rows of text; all columns but the first are numbers."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]

    def as_rich(self) -> Table:
        """For the terminal."""
        table = Table(title=self.title, title_justify="left", box=None, pad_edge=False)
        for index, name in enumerate(self.header):
            table.add_column(name, justify="right" if index else "left")
        for row in self.rows:
            table.add_row(*row)
        return table

    def as_markdown(self) -> str:
        """For a document."""
        ruler = ["---", *["---:"] * (len(self.header) - 1)]
        lines = [f"| {' | '.join(cells)} |" for cells in (self.header, ruler, *self.rows)]
        return f"**{self.title}**\n\n" + "\n".join(lines) + "\n"


def in_spread(spread: Spread | None) -> str:
    """``median (lowest-highest)``, or the median alone if all are one value."""
    if spread is None or spread.low == spread.high:
        return in_median(spread)
    return f"{in_digits(spread.median)} ({in_digits(spread.low)}-{in_digits(spread.high)})"


def in_median(spread: Spread | None) -> str:
    """The median alone."""
    return in_digits(None if spread is None else spread.median)


def in_digits(value: float | None) -> str:
    """Three digits, or all that are before the point."""
    if value is None:
        return "-"
    decimals = 0 if value >= 100 or value == int(value) else 1 if value >= 10 else 2  # noqa: PLR2004
    return f"{value:,.{decimals}f}"
