"""The goals of this service, as ratios of figures that one and the same run measured."""

from dataclasses import dataclass
from typing import Final

from benchmarks.contenders.contender import Role
from benchmarks.report.record import BenchRecord

_MIB_PER_GB: Final = 1e9 / 1024**2
_BEST_PEER: Final = "the best peer"


@dataclass(frozen=True, slots=True)
class SpeedGoal:
    """A figure of this service over that of another contender; at least ``wanted``, or at most.

    ``clients``  of the load; None for a figure of the turn.
    ``other``    the key of the contender, or the best peer; or a number to divide by.
    """

    about: str
    wanted: float
    column: str
    clients: int | None
    other: str | float
    at_most: bool = False

    def find(self, record: BenchRecord) -> float | None:
        """The ratio; None if one of both figures was not measured."""
        if isinstance(self.other, float):
            found = [self.other]
        else:
            peers = [each.key for each in record.contenders if each.role is Role.PEER]
            others = peers if self.other == _BEST_PEER else [self.other]
            medians = (record.median(key, self.column, self.clients) for key in others)
            found = [median for median in medians if median]
        ours = record.median("service", self.column, self.clients)
        if ours is None or not found:
            return None
        return ours / (min(found) if self.at_most else max(found))

    def is_met(self, found: float) -> bool:
        """Whether ``found`` is good enough."""
        return found <= self.wanted if self.at_most else found >= self.wanted


_RATE_16: Final = "comments/s to 16 clients, as a multiple of"
_RATE_64: Final = "comments/s to 64 clients, as a share of the bare encoder"
_P50: Final = "p50 at 1 client, as a share of Flask + waitress"
_P99: Final = "p99 at 16 clients, as a share of the best peer"

GOALS: Final = (
    SpeedGoal(f"{_RATE_16} Flask + waitress", 4.5, "per_second", 16, "flask"),
    SpeedGoal(f"{_RATE_16} the best peer", 3.0, "per_second", 16, _BEST_PEER),
    SpeedGoal(_RATE_64, 0.90, "per_second", 64, "bare"),
    SpeedGoal(_P50, 0.55, "p50_ms", 1, "flask", at_most=True),
    SpeedGoal(_P99, 0.35, "p99_ms", 16, _BEST_PEER, at_most=True),
    SpeedGoal("seconds from start to first answer", 12.0, "start_seconds", None, 1.0, at_most=True),
    # The sum that counts shared pages for each process: the stricter of the two.
    SpeedGoal("GB resident, all processes", 1.3, "resident_mib", None, _MIB_PER_GB, at_most=True),
)
