"""The tables of a comparison."""

from typing import Final

from benchmarks.load.measurement import Measurement
from benchmarks.load.paced import PacedMeasurement
from benchmarks.report.frontier import frontier_table
from benchmarks.report.goals import goals_table
from benchmarks.report.medians import Medians
from benchmarks.report.record import BenchRecord
from benchmarks.report.table import FigureTable, in_digits, in_median, in_spread

_RATIO_CLIENTS: Final = 16


def tables_of(record: BenchRecord, *, judged: bool) -> list[FigureTable]:
    """All tables for which there are figures."""
    medians = record.medians()
    tables = [
        _throughput(record, medians),
        _latency(record, medians),
        _costs(record, medians),
        frontier_table(record, medians),
        *_growth(record),
    ]
    if judged:
        tables.append(goals_table(record, medians))
    return [table for table in tables if table.rows]


def _throughput(record: BenchRecord, medians: Medians) -> FigureTable:
    ours = medians.median("service", _RATIO_CLIENTS, "per_second")
    header = ["contender", *map(str, medians.clients), f"factor at {_RATIO_CLIENTS}"]
    rows = []
    for key, name in _named(record):
        theirs = medians.median(key, _RATIO_CLIENTS, "per_second")
        cells = [in_spread(medians.load(key, each, "per_second")) for each in medians.clients]
        rows.append([name, *cells, f"{ours / theirs:.2f} x" if ours and theirs else "-"])
    title = (
        "Comments a second by clients: median (lowest-highest); "
        "factor: how many times as many this service answers"
    )
    return FigureTable(title, header, rows)


def _latency(record: BenchRecord, medians: Medians) -> FigureTable:
    def cell(key: str, clients: int) -> str:
        p50, p99 = (medians.median(key, clients, column) for column in ("p50_ms", "p99_ms"))
        return f"{in_digits(p50)} / {in_digits(p99)}"

    rows = [
        [name, *(cell(key, clients) for clients in medians.clients)] for key, name in _named(record)
    ]
    header = ["contender", *map(str, medians.clients)]
    return FigureTable("Latency by clients: p50 / p99 in ms, medians", header, rows)


def _costs(record: BenchRecord, medians: Medians) -> FigureTable:
    rows = []
    for key, name in _named(record):
        resident, agreement = medians.state(key, "resident_mib"), medians.state(key, "agreement")
        cells = [
            # Shared pages once, if the system tells.
            in_spread(medians.state(key, "proportional_mib") or resident),
            in_spread(resident),
            in_median(medians.state(key, "processes")),
            in_spread(medians.state(key, "start_seconds")),
            "-" if agreement is None else f"{agreement.low:.0%}",
        ]
        rows.append([name, *cells])
    header = ["contender", "memory, MiB", "resident, MiB", "processes", "start, s", "same labels"]
    return FigureTable("What it takes: median (lowest-highest)", header, rows)


def _growth(record: BenchRecord) -> list[FigureTable]:
    def latency(each: Measurement | PacedMeasurement) -> list[str]:
        return [in_digits(each.p50_ms), in_digits(each.p99_ms)]

    growth = record.growth
    by_tokens = [
        [str(n), in_digits(each.per_second), in_digits(each.per_second * n), *latency(each)]
        for n, each in growth.by_tokens.items()
    ]
    by_workers = [
        [str(n), in_digits(each.per_second), *latency(each)]
        for n, each in growth.by_workers.items()
    ]
    by_rate = [
        [
            in_digits(each.offered_per_second),
            in_digits(each.answered_per_second),
            *map(in_digits, (each.p50_ms, each.p90_ms, each.p99_ms)),
            str(each.errors),
        ]
        for each in growth.by_rate
    ]
    return [
        FigureTable(
            "This service by the length of comments, 16 clients",
            ["tokens a comment", "comments/s", "tokens/s", "p50, ms", "p99, ms"],
            by_tokens,
        ),
        FigureTable(
            "This service by workers, 16 clients",
            ["workers", "comments/s", "p50, ms", "p99, ms"],
            by_workers,
        ),
        FigureTable(
            "This service by the rate of requests, which wait for no answer",
            ["offered/s", "answered/s", "p50, ms", "p90, ms", "p99, ms", "errors"],
            by_rate,
        ),
    ]


def _named(record: BenchRecord) -> list[tuple[str, str]]:
    return [(each.key, each.name) for each in record.measured()]
