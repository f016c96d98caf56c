"""The tables of a run, for the terminal and as Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table as RichTable

from benchmarks.figures import Figures, Spread
from benchmarks.goals import GOALS
from benchmarks.record import Record

_RATIO_CLIENTS = 16


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


def tables_of(record: Record, *, judged: bool) -> list[Table]:
    """All tables for which there are figures."""
    figures = Figures(record)
    tables = [
        _throughput(figures),
        _latency(figures),
        _costs(figures),
        _by_tokens(record),
        _by_workers(record),
        _by_rate(record),
    ]
    if judged:
        tables.append(_goals(figures))
    return [table for table in tables if table.rows]


def _throughput(figures: Figures) -> Table:
    ours = figures.median("service", _RATIO_CLIENTS, "per_second")
    header = ["contender", *map(str, figures.clients), f"factor at {_RATIO_CLIENTS}"]
    rows = []
    for contender in figures.contenders:
        theirs = figures.median(contender.key, _RATIO_CLIENTS, "per_second")
        cells = [
            _spread(figures.loaded(contender.key, clients, "per_second"))
            for clients in figures.clients
        ]
        rows.append([contender.name, *cells, f"{ours / theirs:.2f} x" if ours and theirs else "-"])
    title = (
        "Comments a second by clients: median (lowest-highest); "
        "factor: how many times as many this service answers"
    )
    return Table(title, header, rows)


def _latency(figures: Figures) -> Table:
    rows = []
    for contender in figures.contenders:
        cells = []
        for clients in figures.clients:
            p50 = figures.median(contender.key, clients, "p50_ms")
            p99 = figures.median(contender.key, clients, "p99_ms")
            cells.append(f"{_number(p50)} / {_number(p99)}")
        rows.append([contender.name, *cells])
    header = ["contender", *map(str, figures.clients)]
    return Table("Latency by clients: p50 / p99 in ms, medians", header, rows)


def _costs(figures: Figures) -> Table:
    rows = []
    for contender in figures.contenders:
        agreement = figures.state(contender.key, "agreement")
        rows.append(
            [
                contender.name,
                _spread(figures.memory_mib(contender.key)),
                _spread(figures.state(contender.key, "resident_mib")),
                _number(_median(figures.state(contender.key, "processes"))),
                _spread(figures.state(contender.key, "start_seconds")),
                "-" if agreement is None else f"{agreement.low:.0%}",
            ]
        )
    header = ["contender", "memory, MiB", "resident, MiB", "processes", "start, s", "same labels"]
    return Table("What it takes: median (lowest-highest)", header, rows)


def _by_tokens(record: Record) -> Table:
    rows = [
        [
            str(tokens),
            *map(_number, (each.per_second, each.per_second * tokens, each.p50_ms, each.p99_ms)),
        ]
        for tokens, each in record.growth.by_tokens.items()
    ]
    header = ["tokens a comment", "comments/s", "tokens/s", "p50, ms", "p99, ms"]
    return Table("This service by the length of comments, 16 clients", header, rows)


def _by_workers(record: Record) -> Table:
    rows = [
        [str(workers), _number(each.per_second), _number(each.p50_ms), _number(each.p99_ms)]
        for workers, each in record.growth.by_workers.items()
    ]
    header = ["workers", "comments/s", "p50, ms", "p99, ms"]
    return Table("This service by workers, 16 clients", header, rows)


def _by_rate(record: Record) -> Table:
    rows = [
        [
            _number(each.offered_per_second),
            _number(each.answered_per_second),
            *map(_number, (each.p50_ms, each.p90_ms, each.p99_ms)),
            str(each.errors),
        ]
        for each in record.growth.by_rate
    ]
    header = ["offered/s", "answered/s", "p50, ms", "p90, ms", "p99, ms", "errors"]
    return Table("This service by the rate of requests, which wait for no answer", header, rows)


def _goals(figures: Figures) -> Table:
    rows = []
    for goal in GOALS:
        found = goal.find(figures)
        if found is not None:
            wanted = f"{'at most' if goal.at_most else 'at least'} {goal.wanted:g}"
            met = "reached" if goal.is_met(found) else "missed"
            rows.append([goal.about, wanted, f"{found:.2f}", met])
    return Table("Goals", ["figure", "wanted", "found", ""], rows)


def _spread(spread: Spread | None) -> str:
    if spread is None:
        return "-"
    median = _number(spread.median)
    if spread.low == spread.high:
        return median
    return f"{median} ({_number(spread.low)}-{_number(spread.high)})"


def _median(spread: Spread | None) -> float | None:
    return None if spread is None else spread.median


def _number(value: float | None) -> str:
    """Three digits, or all that stand before the point."""
    if value is None:
        return "-"
    decimals = 0 if value >= 100 or value == int(value) else 1 if value >= 10 else 2  # noqa: PLR2004
    return f"{value:,.{decimals}f}"


def _markdown_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
