"""The tables of a comparison, for the terminal and for a document."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich.table import Table

from benchmarks.report.frontier import clients_of, own_archives, unbeaten
from benchmarks.report.goals import GOALS
from benchmarks.report.record import BenchRecord

_RATIO_CLIENTS: Final = 16
# Of each part of the growth: its title, and its figures.
_GROWTH: Final = {
    "by_tokens": (
        "This service by the length of comments, 16 clients",
        ("tokens", "per_second", "tokens_per_second", "p50_ms", "p99_ms"),
    ),
    "by_workers": (
        "This service by workers, 16 clients",
        ("workers", "per_second", "p50_ms", "p99_ms"),
    ),
    "by_rate": (
        "This service by the rate of requests, which wait for no answer",
        ("offered_per_second", "answered_per_second", "p50_ms", "p90_ms", "p99_ms", "errors"),
    ),
}
_COLUMN_NAMES: Final = {
    "tokens": "tokens a comment",
    "per_second": "comments/s",
    "tokens_per_second": "tokens/s",
    "offered_per_second": "offered/s",
    "answered_per_second": "answered/s",
    "p50_ms": "p50, ms",
    "p90_ms": "p90, ms",
    "p99_ms": "p99, ms",
}


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


def in_spread(values: Sequence[float]) -> str:
    """``median (lowest-highest)``, or the median alone if all are one value."""
    if not values:
        return in_digits(None)
    median, low, high = map(in_digits, (statistics.median(values), min(values), max(values)))
    return median if min(values) == max(values) else f"{median} ({low}-{high})"


def in_digits(value: float | None) -> str:
    """Three digits, or all that are before the point."""
    if value is None:
        return "-"
    decimals = 0 if value >= 100 or value == int(value) else 1 if value >= 10 else 2  # noqa: PLR2004
    return f"{value:,.{decimals}f}"


def tables_of(record: BenchRecord, *, judged: bool) -> list[FigureTable]:
    """All tables for which there are figures; the goals only if the run is ``judged`` by them."""
    tables = [
        _throughput(record),
        _latency(record),
        _costs(record),
        frontier_table(record),
        *_growth(record),
    ]
    if judged:
        tables.append(_goals(record))
    return [table for table in tables if table.rows]


def _throughput(record: BenchRecord) -> FigureTable:
    ours = record.median("service", "per_second", _RATIO_CLIENTS)
    rows = []
    for each in record.measured():
        theirs = record.median(each.key, "per_second", _RATIO_CLIENTS)
        cells = [in_spread(record.values(each.key, "per_second", n)) for n in record.clients]
        rows.append([each.name, *cells, f"{ours / theirs:.2f} x" if ours and theirs else "-"])
    title = (
        "Comments a second by clients: median (lowest-highest); "
        "factor: how many times as many this service answers"
    )
    header = ["contender", *map(str, record.clients), f"factor at {_RATIO_CLIENTS}"]
    return FigureTable(title, header, rows)


def _latency(record: BenchRecord) -> FigureTable:
    def cell(key: str, clients: int) -> str:
        return " / ".join(in_digits(record.median(key, p, clients)) for p in ("p50_ms", "p99_ms"))

    rows = [
        [each.name, *(cell(each.key, clients) for clients in record.clients)]
        for each in record.measured()
    ]
    header = ["contender", *map(str, record.clients)]
    return FigureTable("Latency by clients: p50 / p99 in ms, medians", header, rows)


def _costs(record: BenchRecord) -> FigureTable:
    rows = []
    for each in record.measured():
        resident = record.values(each.key, "resident_mib")
        agreement = record.values(each.key, "agreement")
        cells = [
            # Shared pages once, if the system tells.
            in_spread(record.values(each.key, "proportional_mib") or resident),
            in_spread(resident),
            in_digits(record.median(each.key, "processes")),
            in_spread(record.values(each.key, "start_seconds")),
            f"{min(agreement):.0%}" if agreement else "-",
        ]
        rows.append([each.name, *cells])
    header = ["contender", "memory, MiB", "resident, MiB", "processes", "start, s", "same labels"]
    return FigureTable("What it takes: median (lowest-highest)", header, rows)


def frontier_table(record: BenchRecord) -> FigureTable:
    """This project's archives, with what each costs and gives beside the first one."""
    archives = own_archives(record)
    best = unbeaten(archives)
    rows = []
    for each in archives:
        key, quality = each.contender.key, each.quality
        lost = 100 * (archives[0].quality.hit_rate - quality.hit_rate)
        rows.append(
            [
                each.contender.name,
                f"{quality.hit_rate:.2%} (± {quality.standard_error:.2%})",
                f"{lost:.2f}",
                in_spread(each.rates),
                f"{each.rate / archives[0].rate:.2f} x",
                in_digits(record.median(key, "p50_ms", 1)),
                in_spread(record.values(key, "resident_mib")),
                "yes" if each in best else "no",
            ]
        )
    header = [
        *("archive", "hit rate on dev", "points lost", "comments/s", "times as many"),
        *("p50 at 1 client, ms", "resident, MiB", "beaten by none"),
    ]
    title = f"This project's archives, {clients_of(record)} clients: median (lowest-highest)"
    return FigureTable(title, header, rows)


def _growth(record: BenchRecord) -> list[FigureTable]:
    rows = record.rows()
    return [
        FigureTable(
            title,
            [_COLUMN_NAMES.get(figure, figure) for figure in figures],
            [[in_digits(row[figure]) for figure in figures] for row in rows[name]],
        )
        for name, (title, figures) in _GROWTH.items()
    ]


def _goals(record: BenchRecord) -> FigureTable:
    rows = []
    for goal in GOALS:
        if (found := goal.find(record)) is not None:
            wanted = f"{'at most' if goal.at_most else 'at least'} {goal.wanted:g}"
            met = "reached" if goal.is_met(found) else "missed"
            rows.append([goal.about, wanted, f"{found:.2f}", met])
    return FigureTable("Goals", ["figure", "wanted", "found", ""], rows)
