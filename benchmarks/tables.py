"""The tables of a run."""

from benchmarks.figures import Figures
from benchmarks.frontier import frontier_table
from benchmarks.goals import GOALS
from benchmarks.record import Record
from benchmarks.table import Table, in_digits, in_median, in_spread

_RATIO_CLIENTS = 16


def tables_of(record: Record, *, judged: bool) -> list[Table]:
    """All tables for which there are figures."""
    figures = Figures(record)
    tables = [
        _throughput(figures),
        _latency(figures),
        _costs(figures),
        frontier_table(record, figures),
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
            in_spread(figures.loaded(contender.key, clients, "per_second"))
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
            cells.append(f"{in_digits(p50)} / {in_digits(p99)}")
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
                in_spread(figures.memory_mib(contender.key)),
                in_spread(figures.state(contender.key, "resident_mib")),
                in_median(figures.state(contender.key, "processes")),
                in_spread(figures.state(contender.key, "start_seconds")),
                "-" if agreement is None else f"{agreement.low:.0%}",
            ]
        )
    header = ["contender", "memory, MiB", "resident, MiB", "processes", "start, s", "same labels"]
    return Table("What it takes: median (lowest-highest)", header, rows)


def _by_tokens(record: Record) -> Table:
    rows = [
        [
            str(tokens),
            *map(in_digits, (each.per_second, each.per_second * tokens, each.p50_ms, each.p99_ms)),
        ]
        for tokens, each in record.growth.by_tokens.items()
    ]
    header = ["tokens a comment", "comments/s", "tokens/s", "p50, ms", "p99, ms"]
    return Table("This service by the length of comments, 16 clients", header, rows)


def _by_workers(record: Record) -> Table:
    rows = [
        [str(workers), in_digits(each.per_second), in_digits(each.p50_ms), in_digits(each.p99_ms)]
        for workers, each in record.growth.by_workers.items()
    ]
    header = ["workers", "comments/s", "p50, ms", "p99, ms"]
    return Table("This service by workers, 16 clients", header, rows)


def _by_rate(record: Record) -> Table:
    rows = [
        [
            in_digits(each.offered_per_second),
            in_digits(each.answered_per_second),
            *map(in_digits, (each.p50_ms, each.p90_ms, each.p99_ms)),
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
