"""Medians over the rounds, with the lowest and the highest figure of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over the rounds."""

    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Medians:
    """The figures of contenders over the rounds; None for one that was not measured.

    ``loads``   a row for each load: ``contender``, ``clients`` and the fields of a measurement.
    ``states``  a row for each turn: ``contender``, start, memory and so on.
    """

    loads: "pd.DataFrame"
    states: "pd.DataFrame"

    @property
    def clients(self) -> list[int]:
        """The numbers of clients that were measured, ascending."""
        if self.loads.empty:
            return []
        return sorted(int(clients) for clients in self.loads["clients"].unique())

    def load(self, key: str, clients: int, column: str) -> Spread | None:
        """A column of the loads, such as ``per_second`` or ``p99_ms``."""
        if self.loads.empty:
            return None
        rows = self.loads[(self.loads["contender"] == key) & (self.loads["clients"] == clients)]
        return _spread_of(rows[column])

    def state(self, key: str, column: str) -> Spread | None:
        """A column of the turns, such as ``start_seconds`` or ``resident_mib``."""
        if self.states.empty:
            return None
        return _spread_of(self.states[self.states["contender"] == key][column])

    def median(self, key: str, clients: int, column: str) -> float | None:
        """The median of ``load``."""
        spread = self.load(key, clients, column)
        return None if spread is None else spread.median


def _spread_of(values: "pd.Series[float]") -> Spread | None:
    """Of the values that are known; None if none is."""
    known = values.dropna().astype(float)
    if known.empty:
        return None
    return Spread(float(known.median()), float(known.min()), float(known.max()))
