"""What was measured and what was decided, as tables for the terminal and for a document."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich.table import Table as RichTable

from training.study.comparison import Comparison, seed_spread
from training.study.design import BASELINE
from training.study.promotion import Promotion

# Column names, and whether they hold numbers.
_MEASURED: Final = {
    "question": False,
    "experiment": False,
    "differs in": False,
    "seeds": True,
    "hit rate, %": True,
    "difference, points": True,
    "macro-F1": True,
    "epoch, weights": False,
    "minutes": True,
}
_DECIDED: Final = {
    "question": False,
    "experiment": False,
    "difference, points": True,
    "goes on": False,
    "why": False,
}


@dataclass(frozen=True, slots=True)
class Table:
    """A title, the columns' names with whether they hold numbers, and rows of text.

    ``note``  a sentence that goes below it; may be empty.
    """

    title: str
    columns: dict[str, bool]
    rows: Sequence[Sequence[str]]
    note: str = ""

    def as_rich(self) -> RichTable:
        """For the terminal."""
        table = RichTable(
            title=self.title,
            title_justify="left",
            caption=self.note or None,
            caption_justify="left",
            box=None,
            pad_edge=False,
        )
        for name, is_number in self.columns.items():
            table.add_column(name, justify="right" if is_number else "left")
        for row in self.rows:
            table.add_row(*(cell.replace("**", "") for cell in row))
        return table

    def as_markdown(self) -> str:
        """For a document, under a heading."""
        ruler = [" ---: " if is_number else " --- " for is_number in self.columns.values()]
        rows = [_markdown_row(row) for row in self.rows]
        lines = [f"## {self.title}", "", _markdown_row([*self.columns]), f"|{'|'.join(ruler)}|"]
        return "\n".join([*lines, *rows, *(["", self.note] if self.note else []), ""])


def rung_table(title: str, comparisons: Sequence[Comparison]) -> Table:
    """A row for each experiment of a rung; clear differences stand in bold."""
    found = seed_spread(comparisons)
    spread = found[0] if found else 0.0
    return Table(title, _MEASURED, [_row(each, spread) for each in comparisons], _on_seeds(found))


def promotion_table(rung: int, promotion: Promotion) -> Table:
    """A row for each decision on who enters ``rung``."""
    rows = [
        (
            each.question,
            each.experiment,
            f"{each.difference:+.2f} ± {each.error:.2f}{_against(each.against)}",
            "yes" if each.goes_on else "no",
            each.why,
        )
        for each in promotion.decisions
    ]
    combined = ", ".join(promotion.combined)
    note = f"One more experiment has the settings of {combined} together." if combined else ""
    return Table(f"Who went on to rung {rung}", _DECIDED, rows, note)


def _row(comparison: Comparison, spread: float) -> tuple[str, ...]:
    seeds = "" if comparison.spread is None else f" ({_points(comparison.spread)})"
    return (
        comparison.question,
        comparison.experiment,
        comparison.differs or "-",
        str(len(comparison.seeds)),
        f"{_points(comparison.hit_rate)} ± {_points(comparison.error)}{seeds}",
        _difference(comparison, spread),
        f"{comparison.macro_f1:.3f}",
        ", ".join(dict.fromkeys(comparison.chosen)),
        f"{comparison.minutes:.1f}",
    )


def _difference(comparison: Comparison, spread: float) -> str:
    if comparison.difference is None or comparison.difference_error is None:
        return "-"
    difference = f"{100 * comparison.difference:+.2f} ± {_points(comparison.difference_error)}"
    bold = "**" if comparison.is_clear(spread) else ""
    return f"{bold}{difference}{bold}{_against(comparison.against)}"


def _against(experiment: str | None) -> str:
    return "" if experiment in (None, BASELINE) else f" to {experiment}"


def _on_seeds(found: tuple[float, int] | None) -> str:
    if found is None:
        return "No experiment has several seeds here: what a seed alone changes is not known."
    spread, freedom = found
    return (
        f"A seed alone: a standard deviation of {_points(spread)} points (degrees of freedom: "
        f"{freedom}), so that two single runs differ by {_points(spread * 2**0.5)} by chance."
    )


def _points(rate: float) -> str:
    return f"{100 * rate:.2f}"


def _markdown_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
