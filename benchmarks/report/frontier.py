"""This project's archives side by side: how good, how fast, and which of them none beats."""

from dataclasses import dataclass
from typing import Final

from benchmarks.contenders.contender import Contender
from benchmarks.report.medians import Medians, Spread
from benchmarks.report.record import BenchRecord, DevHitRate
from benchmarks.report.table import FigureTable, in_digits, in_spread

_CLIENTS: Final = 64  # under load: what is compared is how much can be answered
_LONE: Final = 1


@dataclass(frozen=True, slots=True)
class OwnArchive:
    """One archive with its hit rate and the comments a second that it answers."""

    contender: Contender
    quality: DevHitRate
    rate: Spread

    def beats(self, other: "OwnArchive") -> bool:
        """Whether it is at least as good and faster."""
        as_good = self.quality.hit_rate >= other.quality.hit_rate
        return as_good and self.rate.median > other.rate.median


def clients_of(medians: Medians) -> int:
    """The number of clients at which rates are compared: 64, or the most that were measured."""
    return _CLIENTS if _CLIENTS in medians.clients else max(medians.clients, default=_CLIENTS)


def own_archives(record: BenchRecord, medians: Medians) -> list[OwnArchive]:
    """The archives that were measured, in the order of the contenders; none if it is one."""
    clients = clients_of(medians)
    found = [
        OwnArchive(contender, record.hit_rates[contender.key], rate)
        for contender in record.contenders
        if contender.key in record.hit_rates
        and (rate := medians.load(contender.key, clients, "per_second")) is not None
    ]
    return found if len(found) > 1 else []


def unbeaten(archives: list[OwnArchive]) -> list[OwnArchive]:
    """Those than which no other is both at least as good and faster."""
    return [each for each in archives if not any(other.beats(each) for other in archives)]


def frontier_table(record: BenchRecord, medians: Medians) -> FigureTable:
    """The archives with what each costs and gives beside the first one."""
    archives = own_archives(record, medians)
    best = unbeaten(archives)
    rows = []
    for each in archives:
        key, quality = each.contender.key, each.quality
        lost = 100 * (archives[0].quality.hit_rate - quality.hit_rate)
        rows.append(
            [
                each.contender.name,
                f"{quality.hit_rate:.2%} (± {quality.standard_error:.2%})",
                f"{lost:.2f}",
                in_spread(each.rate),
                f"{each.rate.median / archives[0].rate.median:.2f} x",
                in_digits(medians.median(key, _LONE, "p50_ms")),
                in_spread(medians.state(key, "resident_mib")),
                "yes" if each in best else "no",
            ]
        )
    header = [
        *("archive", "hit rate on dev", "points lost", "comments/s", "times as many"),
        *("p50 at 1 client, ms", "resident, MiB", "beaten by none"),
    ]
    title = f"This project's archives, {clients_of(medians)} clients: median (lowest-highest)"
    return FigureTable(title, header, rows)
