"""This project's archives side by side: how good, how fast, and which of them none beats."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.contenders.contender import Contender
from benchmarks.report.record import BenchRecord, DevHitRate

_CLIENTS: Final = 64  # under load: what is compared is how much can be answered


@dataclass(frozen=True, slots=True)
class OwnArchive:
    """One archive with its hit rate and, by round, the comments a second that it answers."""

    contender: Contender
    quality: DevHitRate
    rates: Sequence[float]

    @property
    def rate(self) -> float:
        """The median of the rounds."""
        return statistics.median(self.rates)

    def beats(self, other: "OwnArchive") -> bool:
        """Whether it is at least as good and faster."""
        return self.quality.hit_rate >= other.quality.hit_rate and self.rate > other.rate


def clients_of(record: BenchRecord) -> int:
    """The number of clients at which rates are compared: 64, or the most that were measured."""
    return _CLIENTS if _CLIENTS in record.clients else max(record.clients, default=_CLIENTS)


def own_archives(record: BenchRecord) -> list[OwnArchive]:
    """The archives that were measured, in the order of the contenders; none if it is one."""
    clients = clients_of(record)
    found = [
        OwnArchive(contender, record.hit_rates[contender.key], rates)
        for contender in record.contenders
        if contender.key in record.hit_rates
        and (rates := record.values(contender.key, "per_second", clients))
    ]
    return found if len(found) > 1 else []


def unbeaten(archives: list[OwnArchive]) -> list[OwnArchive]:
    """Those than which no other is both at least as good and faster."""
    return [each for each in archives if not any(other.beats(each) for other in archives)]
