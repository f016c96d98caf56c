"""The plan of a run: what is measured, and for how long."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

TRIAL_CLIENTS: Final = 16
GROWTH_CLIENTS: Final = 16


@dataclass(frozen=True, slots=True)
class BenchPlan:
    """The size of a run.

    ``seconds``       of each load.
    ``clients``       the closed loop's.
    ``tokens``        comment lengths for this service's growth.
    ``offered``       arrival rates, as shares of what this service reaches in the closed loop.
    ``trials``        whether the variants of contenders are tried; else their first is taken.
    ``growth``        whether this service is measured by length, workers and arrival rate.
    ``idle_seconds``  for which a contender is left alone, once, if it says so.
    ``minutes``       after which no further step begins; None for no end.
    ``judged``        whether the goals are looked at; a smoke test's figures are none.
    """

    rounds: int
    seconds: int
    clients: Sequence[int] = (1, 4, 16, 64, 256)
    tokens: Sequence[int] = (8, 16, 32, 64, 128, 256)
    offered: Sequence[float] = (0.2, 0.4, 0.6, 0.8, 0.9, 1.0, 1.1)
    trials: bool = True
    growth: bool = True
    idle_seconds: int = 20
    minutes: float | None = None
    judged: bool = True


QUICK: Final = BenchPlan(
    rounds=1,
    seconds=1,
    clients=(1, 16),
    tokens=(8, 64),
    offered=(0.2, 0.5),
    trials=False,
    idle_seconds=1,
    judged=False,
)
