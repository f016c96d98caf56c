"""A table for the terminal and for a document, and how figures are written in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table as RichTable

from benchmarks.figures import Spread


@dataclass(frozen=True, slots=True)
class Table:
    """A title, a header and rows of text; all columns but the first are numbers."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]

    def as_rich(self) -> RichTable:
        """For the terminal."""
        table = RichTable(title=self.title, title_justify="left", box=None, pad_edge=False)
        for index, name in enumerate(self.header):
            table.add_column(name, justify="right" if index else "left")
        for row in self.rows:
            table.add_row(*row)
        return table

    def as_markdown(self) -> str:
        """For a document."""
        ruler = [" --- ", *[" ---: "] * (len(self.header) - 1)]
        lines = [_markdown_row(self.header), f"|{'|'.join(ruler)}|", *map(_markdown_row, self.rows)]
        return f"**{self.title}**\n\n" + "\n".join(lines) + "\n"


def in_spread(spread: Spread | None) -> str:
    """``median (lowest-highest)``, or the median alone where there is one value."""
    if spread is None:
        return "-"
    median = in_digits(spread.median)
    if spread.low == spread.high:
        return median
    return f"{median} ({in_digits(spread.low)}-{in_digits(spread.high)})"


def in_median(spread: Spread | None) -> str:
    """The median alone."""
    return in_digits(None if spread is None else spread.median)


def in_digits(value: float | None) -> str:
    """Three digits, or all that stand before the point."""
    if value is None:
        return "-"
    decimals = 0 if value >= 100 or value == int(value) else 1 if value >= 10 else 2  # noqa: PLR2004
    return f"{value:,.{decimals}f}"


def _markdown_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
