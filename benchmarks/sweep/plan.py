"""How long a sweep may take, and what it measures in that time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

# Of a turn, beside its loads: starting, checking, warming up, stopping.
_AROUND_SECONDS: Final = 9


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """The size of a sweep.

    ``minutes``       after which no further turn begins.
    ``rounds``        at most; in each, every setting has its turn.
    ``seconds``       of each load.
    ``idle_seconds``  for which a setting is left alone, once.
    """

    minutes: float
    rounds: int
    seconds: int
    clients: Sequence[int] = (1, 16, 64)
    idle_seconds: int = 20

    def turn_seconds(self, *, idle: bool) -> float:
        """About what a turn takes."""
        loads = len(self.clients) * self.seconds
        return _AROUND_SECONDS + loads + (self.idle_seconds if idle else 0)


QUICK: Final = SweepPlan(minutes=60, rounds=1, seconds=1, clients=(1, 16), idle_seconds=1)
