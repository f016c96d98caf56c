"""Medians over the rounds, with the lowest and the highest of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.contender import Contender, Role
from benchmarks.record import Record

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over the rounds."""

    median: float
    low: float
    high: float


class Figures:
    """The figures of a run by contender and number of clients; None where there is none."""

    def __init__(self, record: Record) -> None:
        measured = {key for key, _, _ in record.turns}
        self.contenders = tuple(each for each in record.contenders if each.key in measured)
        self._measurements = record.measurements()
        self._states = record.states()

    @property
    def clients(self) -> list[int]:
        """The numbers of clients that were measured, ascending."""
        if self._measurements.empty:
            return []
        return sorted(int(clients) for clients in self._measurements["clients"].unique())

    def peers(self) -> list[Contender]:
        """Those that one would use instead, the earlier design not among them."""
        return [each for each in self.contenders if each.role is Role.PEER]

    def loaded(self, contender: str, clients: int, column: str) -> Spread | None:
        """A column of the measurements, such as ``per_second`` or ``p99_ms``."""
        if self._measurements.empty:
            return None
        rows = self._measurements[
            (self._measurements["contender"] == contender)
            & (self._measurements["clients"] == clients)
        ]
        return spread_of(rows[column])

    def state(self, contender: str, column: str) -> Spread | None:
        """A column of the turns: ``start_seconds``, ``agreement``, ``proportional_mib``, ..."""
        if self._states.empty:
            return None
        return spread_of(self._states[self._states["contender"] == contender][column])

    def median(self, contender: str, clients: int, column: str) -> float | None:
        """The median of ``loaded``."""
        spread = self.loaded(contender, clients, column)
        return None if spread is None else spread.median

    def memory_mib(self, contender: str) -> Spread | None:
        """What its processes take together: shared pages once where the system tells, else each."""
        return self.state(contender, "proportional_mib") or self.state(contender, "resident_mib")


def spread_of(values: "pd.Series[float]") -> Spread | None:
    """Of the values that are there; None where none is."""
    known = values.dropna().astype(float)
    if known.empty:
        return None
    return Spread(float(known.median()), float(known.min()), float(known.max()))
