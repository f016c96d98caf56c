"""What this service set out to reach, as ratios of figures that one and the same run measured."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from benchmarks.figures import Figures

_MIB_PER_GB: Final = 1e9 / 1024**2


@dataclass(frozen=True, slots=True)
class Goal:
    """What ``find`` gives is to be at least ``wanted``, or at most where ``at_most``."""

    about: str
    wanted: float
    find: Callable[[Figures], float | None]
    at_most: bool = False

    def is_met(self, found: float) -> bool:
        """Whether ``found`` is good enough."""
        return found <= self.wanted if self.at_most else found >= self.wanted


def _ratio(figures: Figures, clients: int, column: str, other: str) -> float | None:
    ours = figures.median("service", clients, column)
    theirs = figures.median(other, clients, column)
    return None if ours is None or not theirs else ours / theirs


def _ratio_to_best_peer(
    figures: Figures, clients: int, column: str, best: Callable[[list[float]], float]
) -> float | None:
    ours = figures.median("service", clients, column)
    found = [figures.median(peer.key, clients, column) for peer in figures.peers()]
    theirs = [each for each in found if each]
    return ours / best(theirs) if ours is not None and theirs else None


def _memory_gb(figures: Figures) -> float | None:
    # The sum that counts shared pages for each process: the stricter of the two.
    resident = figures.state("service", "resident_mib")
    return None if resident is None else resident.median / _MIB_PER_GB


def _start_seconds(figures: Figures) -> float | None:
    started = figures.state("service", "start_seconds")
    return None if started is None else started.median


GOALS: Final = (
    Goal(
        "comments/s to 16 clients, as a multiple of Flask + waitress",
        4.5,
        lambda figures: _ratio(figures, 16, "per_second", "flask"),
    ),
    Goal(
        "comments/s to 16 clients, as a multiple of the best peer",
        3.0,
        lambda figures: _ratio_to_best_peer(figures, 16, "per_second", max),
    ),
    Goal(
        "comments/s to 64 clients, as a share of the bare encoder",
        0.90,
        lambda figures: _ratio(figures, 64, "per_second", "bare"),
    ),
    Goal(
        "p50 at 1 client, as a share of Flask + waitress",
        0.55,
        lambda figures: _ratio(figures, 1, "p50_ms", "flask"),
        at_most=True,
    ),
    Goal(
        "p99 at 16 clients, as a share of the best peer",
        0.35,
        lambda figures: _ratio_to_best_peer(figures, 16, "p99_ms", min),
        at_most=True,
    ),
    Goal("seconds from start to first answer", 12.0, _start_seconds, at_most=True),
    Goal("GB resident, frontend and workers together", 1.3, _memory_gb, at_most=True),
)
