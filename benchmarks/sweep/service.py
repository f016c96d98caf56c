"""The real service with a setting's configuration."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import cycle
from typing import Final

import psutil

from benchmarks.errors import ContenderError
from benchmarks.own_service import TorchServe, run_torchserve
from benchmarks.setup import Setup
from benchmarks.sweep.setting import Placement
from benchmarks.sweep.variant import Variant
from service.instance import Instance
from service.run_record import Processes, RunRecord
from service.start import Configuration, start

LOGS: Final = "service"  # of the setting that has its turn, in the folder of the run's logs

_NICE: Final = 5
_NICEST: Final = 19


@contextmanager
def serve_variant(setup: Setup, variant: Variant) -> Iterator[TorchServe]:
    """Serve ``variant``; raises ``GoEmotionsError`` where it does not start."""
    properties = setup.folder / "variant.properties"
    properties.write_text(variant.properties, encoding="utf-8")
    configuration = Configuration(properties, env=variant.env)

    def start_variant(instance: Instance) -> RunRecord:
        record = start(instance, variant.archive(setup), configuration=configuration)
        _place(record.processes(), variant.placement)
        return record

    with run_torchserve(replace(setup, cores=variant.workers), LOGS, start_variant) as server:
        yield server


def _place(processes: Processes, placement: Placement) -> None:
    if placement is Placement.NICE:
        for worker in processes.workers:
            _be_nice(worker)
    if placement is Placement.PINNED:
        _pin(processes)


def _be_nice(worker: psutil.Process) -> None:
    """Lower the priority of each of its threads: on Linux each has its own."""
    priority = min(worker.nice() + _NICE, _NICEST)
    for thread in worker.threads():
        os.setpriority(os.PRIO_PROCESS, thread.id, priority)


def _pin(processes: Processes) -> None:
    if not hasattr(os, "sched_setaffinity"):
        raise ContenderError("this system pins no process to a core")
    cores = cycle(sorted(os.sched_getaffinity(0)))
    for worker, core in zip(processes.workers, cores, strict=False):
        for thread in worker.threads():
            os.sched_setaffinity(thread.id, {core})
