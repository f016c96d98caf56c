"""What a run measures, and about how long that takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.contender import Contender

# Of a contender's turn: checking its answers, warming it up, and what slow ones take beyond
# ``seconds`` at many clients.
_TURN_SECONDS: Final = 10
_GROWTH_START_SECONDS: Final = 15
SWEEP_CLIENTS: Final = 16
GROWTH_CLIENTS: Final = 16


@dataclass(frozen=True, slots=True)
class Plan:
    """The size of a run.

    ``seconds``   of each load.
    ``clients``   the closed loop's.
    ``tokens``    comment lengths for this service's growth.
    ``offered``   arrival rates, as shares of what this service reaches in the closed loop.
    ``judged``    whether the goals are looked at; a smoke test's figures are none.
    """

    rounds: int
    seconds: int
    clients: Sequence[int] = (1, 4, 16, 64, 256)
    tokens: Sequence[int] = (8, 16, 32, 64, 128, 256)
    offered: Sequence[float] = (0.2, 0.4, 0.6, 0.8, 0.9, 1.0, 1.1)
    sweep: bool = True
    growth: bool = True
    judged: bool = True

    def turn_seconds(self, contender: Contender) -> float:
        """About what one turn of ``contender`` takes."""
        return contender.start_seconds + _TURN_SECONDS + len(self.clients) * self.seconds

    def sweep_seconds(self, contender: Contender) -> float:
        """About what the sweep of ``contender`` takes."""
        if not self.sweep or len(contender.variants) == 1:
            return 0
        return len(contender.variants) * (contender.start_seconds + 2 * self.seconds)

    def growth_seconds(self, cores: int) -> float:
        """About what this service's growth takes."""
        loads = len(self.tokens) + len(self.offered) + cores
        return _GROWTH_START_SECONDS + loads * (self.seconds + 2)


QUICK: Final = Plan(
    rounds=1,
    seconds=1,
    clients=(1, 16),
    tokens=(8, 64),
    offered=(0.2, 0.5),
    sweep=False,
    judged=False,
)
