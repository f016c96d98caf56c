"""This project's archives side by side: how good, how fast, and which is beaten by none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.contender import Contender
from benchmarks.figures import Figures, Spread
from benchmarks.quality import Quality
from benchmarks.record import Record
from benchmarks.table import Table, in_digits, in_spread

_CLIENTS: Final = 64  # under load: what is compared is how much can be answered
_LONE: Final = 1


@dataclass(frozen=True, slots=True)
class Point:
    """One archive. ``best``: no other is both at least as good and faster."""

    contender: Contender
    quality: Quality
    rate: Spread
    best: bool


def clients_of(figures: Figures) -> int:
    """The number of clients at which rates are compared: 64, or the most that were measured."""
    return _CLIENTS if _CLIENTS in figures.clients else max(figures.clients, default=_CLIENTS)


def frontier(record: Record, figures: Figures) -> list[Point]:
    """The archives that were measured, in the order of the contenders; none where it is one."""
    clients = clients_of(figures)
    found = [
        (contender, record.qualities[contender.key], rate)
        for contender in figures.contenders
        if contender.key in record.qualities
        and (rate := figures.loaded(contender.key, clients, "per_second")) is not None
    ]
    if len(found) == 1:
        return []
    return [
        Point(contender, quality, rate, best=not _is_beaten(quality, rate, found))
        for contender, quality, rate in found
    ]


def frontier_table(record: Record, figures: Figures) -> Table:
    """The archives with what each costs and gives beside the first one."""
    points = frontier(record, figures)
    rows = [_row(point, points[0], figures) for point in points]
    header = [
        *("archive", "hit rate on dev", "points lost", "comments/s", "times as many"),
        *("p50 at 1 client, ms", "resident, MiB", "beaten by none"),
    ]
    title = f"This project's archives, {clients_of(figures)} clients: median (lowest-highest)"
    return Table(title, header, rows)


def _row(point: Point, first: Point, figures: Figures) -> list[str]:
    lost = 100 * (first.quality.hit_rate - point.quality.hit_rate)
    key = point.contender.key
    return [
        point.contender.name,
        f"{point.quality.hit_rate:.2%} (± {point.quality.standard_error:.2%})",
        f"{lost:.2f}",
        in_spread(point.rate),
        f"{point.rate.median / first.rate.median:.2f} x",
        in_digits(figures.median(key, _LONE, "p50_ms")),
        in_spread(figures.state(key, "resident_mib")),
        "yes" if point.best else "no",
    ]


def _is_beaten(
    quality: Quality, rate: Spread, others: Sequence[tuple[Contender, Quality, Spread]]
) -> bool:
    return any(
        other.hit_rate >= quality.hit_rate and its_rate.median > rate.median
        for _, other, its_rate in others
    )
