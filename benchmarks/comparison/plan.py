"""The plan of a run: what is measured, and about how long that takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.contenders.contender import Contender

# Of a contender's turn: checking its answers, warming it up, and what slow ones take beyond
# ``seconds`` at many clients.
_TURN_SECONDS: Final = 10
_GROWTH_START_SECONDS: Final = 15
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

    def turn_seconds(self, contender: Contender, number: int) -> float:
        """About what a turn of ``contender`` takes, its first one being of ``number`` 1."""
        idle = self.idle_seconds if contender.idle and number == 1 else 0
        return contender.start_seconds + _TURN_SECONDS + len(self.clients) * self.seconds + idle

    def trials_seconds(self, contender: Contender) -> float:
        """About what it takes to try the variants of ``contender``."""
        if not self.trials or len(contender.variants) == 1:
            return 0
        return len(contender.variants) * (contender.start_seconds + 2 * self.seconds)

    def growth_seconds(self, cores: int) -> float:
        """About what this service's growth takes."""
        loads = len(self.tokens) + len(self.offered) + cores
        return _GROWTH_START_SECONDS + loads * (self.seconds + 2)


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
