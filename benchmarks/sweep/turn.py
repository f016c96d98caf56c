"""A setting's turn: started, checked, warmed up, loaded, weighed, left idle, stopped."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from benchmarks.agreement import Reference
from benchmarks.measurement import Measurement
from benchmarks.own_service import TorchServe
from benchmarks.setup import Setup
from benchmarks.sweep.costs import Load, idle_percent, measure_load, resident_mib
from benchmarks.sweep.plan import SweepPlan
from benchmarks.sweep.service import serve_variant
from benchmarks.sweep.variant import Variant
from benchmarks.turns import measure_until_answered

_WARM_UP_CLIENTS: Final = 16
_WARM_UP_SECONDS: Final = 2


@dataclass(frozen=True, slots=True)
class SettingTurn:
    """What one turn of a setting gave.

    ``number``        which turn of its setting this was, from 1.
    ``workers_mib``   of each worker by itself.
    ``idle_percent``  of one core; None where it was not measured.
    """

    setting: str
    number: int
    start_seconds: float
    loads: tuple[Load, ...]
    frontend_mib: float
    workers_mib: tuple[float, ...]
    idle_percent: float | None

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """The turn that was written as ``document``."""
        loads = tuple(
            Load(**{**load, "measurement": Measurement(**load["measurement"])})
            for load in document["loads"]
        )
        workers_mib = tuple(document["workers_mib"])
        return cls(**{**document, "loads": loads, "workers_mib": workers_mib})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A turn that is to be taken; ``idle``: its time when nothing is asked is measured, too."""

    setting: str
    number: int
    variant: Variant
    idle: bool


@dataclass(frozen=True, slots=True)
class Ground:
    """What all turns of a sweep have in common; ``tell`` is given a line for each load."""

    setup: Setup
    plan: SweepPlan
    reference: Reference
    tell: Callable[[str], None]


TakeTurn = Callable[[Wanted, Ground], SettingTurn]
"""Measures a variant once at each number of clients; raises ``GoEmotionsError``."""


def take_setting_turn(wanted: Wanted, ground: Ground) -> SettingTurn:
    """With the real service: as `TakeTurn` says."""
    plan = ground.plan
    begun = time.monotonic()
    with serve_variant(ground.setup, wanted.variant) as server:
        start_seconds = time.monotonic() - begun
        ground.reference.agreement(server)
        server.measure(_WARM_UP_CLIENTS, min(plan.seconds, _WARM_UP_SECONDS))
        loads = tuple(_load(server, clients, ground) for clients in plan.clients)
        found = server.record.processes()
        return SettingTurn(
            setting=wanted.setting,
            number=wanted.number,
            start_seconds=start_seconds,
            loads=loads,
            frontend_mib=resident_mib(found.all[0]),
            workers_mib=tuple(resident_mib(worker) for worker in found.workers),
            idle_percent=idle_percent(found, plan.idle_seconds) if wanted.idle else None,
        )


def _load(server: TorchServe, clients: int, ground: Ground) -> Load:
    load = measure_load(
        server.record.processes(),
        ground.setup.cores,
        lambda: measure_until_answered(server, clients, ground.plan.seconds),
    )
    found = load.measurement
    ground.tell(
        f"{clients:>3} clients: {found.per_second:,.1f}/s, p50 {found.p50_ms:,.1f} ms, "
        f"p99 {found.p99_ms:,.1f} ms; cores {load.busy:.0%} busy"
        + (f"; {found.errors} errors" if found.errors else "")
    )
    return load
