"""The tables of a sweep."""

from collections.abc import Sequence
from typing import Final

import pandas as pd

from benchmarks.figures import Spread, spread_of
from benchmarks.sweep.findings import Findings
from benchmarks.sweep.setting import COMMITTED
from benchmarks.table import Table, in_median, in_spread

_LONE: Final = 1  # client: latency is what counts
_COLUMNS: Final = {"p50_ms": "p50", "p99_ms": "p99"}


class _Figures:
    """Medians over the rounds, by setting."""

    def __init__(self, findings: Findings) -> None:
        self._loads = findings.loads()
        self._states = findings.states()

    @property
    def clients(self) -> Sequence[int]:
        return sorted(int(clients) for clients in self._loads["clients"].unique())

    def load(self, setting: str, clients: int, column: str) -> Spread | None:
        frame = self._loads
        return spread_of(
            frame[(frame["setting"] == setting) & (frame["clients"] == clients)][column]
        )

    def state(self, setting: str, column: str) -> Spread | None:
        return spread_of(self._states[self._states["setting"] == setting][column])

    def turns(self, setting: str) -> int:
        return int((self._states["setting"] == setting).sum())

    def ratio(self, setting: str, clients: int, column: str) -> str:
        """To what is delivered: ``1.05``; a dash where one of both is not known."""
        own = self.load(setting, clients, column)
        delivered = self.load(COMMITTED, clients, column)
        return f"{own.median / delivered.median:.2f}" if own and delivered else "-"


def tables_of(findings: Findings) -> list[Table]:
    """What was measured of each setting; none where nothing was."""
    if not findings.turns:
        return []
    figures = _Figures(findings)
    names = [name for name in findings.settings if figures.turns(name)]
    return [_speed(figures, names), _latency(figures, names), _costs(figures, names)]


def _speed(figures: _Figures, names: Sequence[str]) -> Table:
    most = figures.clients[-1]
    rows = [
        [
            name,
            *(in_spread(figures.load(name, each, "per_second")) for each in figures.clients),
            figures.ratio(name, most, "per_second"),
            str(figures.turns(name)),
        ]
        for name in names
    ]
    header = ["setting", *map(str, figures.clients), f"ratio at {most}", "turns"]
    title = (
        f"Comments a second by clients: median (lowest-highest); ratio: to the service {COMMITTED}"
    )
    return Table(title, header, rows)


def _latency(figures: _Figures, names: Sequence[str]) -> Table:
    rows = [
        [
            name,
            *(
                in_spread(figures.load(name, clients, column))
                for clients in figures.clients
                for column in _COLUMNS
            ),
            figures.ratio(name, _LONE, "p50_ms"),
        ]
        for name in names
    ]
    header = [
        "setting",
        *(f"{word} at {clients}" for clients in figures.clients for word in _COLUMNS.values()),
        f"ratio of p50 at {_LONE}",
    ]
    return Table("Latency in ms by clients: median (lowest-highest)", header, rows)


def _costs(figures: _Figures, names: Sequence[str]) -> Table:
    most = figures.clients[-1]
    rows = []
    for name in names:
        loads = [
            in_median(figures.load(name, most, column))
            for column in ("frontend_ms", "workers_ms", "generator_ms")
        ]
        busy = figures.load(name, most, "busy")
        states = [
            in_median(figures.state(name, column))
            for column in ("frontend_mib", "worker_mib", "resident_mib")
        ]
        share = "-" if busy is None else f"{busy.median:.0%}"
        rest = [in_median(figures.state(name, each)) for each in ("idle_percent", "start_seconds")]
        rows.append([name, *loads, share, *states, *rest])
    header = [
        "setting",
        *("frontend, ms", "workers, ms", "wrk, ms", "cores busy"),
        *("frontend, MiB", "a worker, MiB", "all, MiB", "idle, % of a core", "start, s"),
    ]
    title = (
        f"What it takes, medians: time of a core for each comment with {most} clients, resident "
        "memory after the loads, and time of a core when nothing is asked"
    )
    return Table(title, header, rows)


def as_frames(findings: Findings) -> dict[str, pd.DataFrame]:
    """What is written as CSV, by the name of the file."""
    return {"loads": findings.loads(), "turns": findings.states()}
