"""What the service takes of the machine: time of its cores, by whom, and memory."""

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Self

import psutil

from benchmarks.errors import ContenderError
from benchmarks.measurement import Measurement
from service.run_record import Processes

_MEBIBYTE: Final = 1024**2


@dataclass(frozen=True, slots=True)
class CpuSeconds:
    """Core seconds, of the kernel and the program alike; ``generator`` is the load generator's."""

    frontend: float
    workers: float
    generator: float

    @classmethod
    def so_far(cls, processes: Processes) -> Self:
        """Since each process began; raises ``ContenderError`` where one has ended."""
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return cls(
            frontend=_seconds(processes.all[0]),
            workers=sum(_seconds(worker) for worker in processes.workers),
            generator=children.ru_utime + children.ru_stime,
        )

    @property
    def total(self) -> float:
        """Of all together."""
        return self.frontend + self.workers + self.generator

    def since(self, before: Self) -> "CpuSeconds":
        """What came after ``before``."""
        return CpuSeconds(
            self.frontend - before.frontend,
            self.workers - before.workers,
            self.generator - before.generator,
        )


@dataclass(frozen=True, slots=True)
class Load:
    """A measurement, and what it took.

    ``frontend_ms``, ``workers_ms``, ``generator_ms``  of a core, for each comment.
    ``busy``  the share of the cores' time that all of them took, 0 to 1: what is missing to 1
              is time in which a core waited.
    """

    measurement: Measurement
    frontend_ms: float
    workers_ms: float
    generator_ms: float
    busy: float


def measure_load(processes: Processes, cores: int, measure: Callable[[], Measurement]) -> Load:
    """What ``measure`` gives, at least one comment, and takes; raises ``ContenderError``."""
    before, start = CpuSeconds.so_far(processes), time.monotonic()
    measurement = measure()
    took = CpuSeconds.so_far(processes).since(before)
    seconds = time.monotonic() - start
    each_ms = 1000 / measurement.comments
    return Load(
        measurement=measurement,
        frontend_ms=took.frontend * each_ms,
        workers_ms=took.workers * each_ms,
        generator_ms=took.generator * each_ms,
        busy=took.total / (seconds * cores),
    )


def idle_percent(processes: Processes, seconds: float) -> float:
    """Percent of one core that the service takes while nothing is asked for ``seconds``."""
    before = CpuSeconds.so_far(processes)
    time.sleep(seconds)
    took = CpuSeconds.so_far(processes).since(before)
    return 100 * (took.frontend + took.workers) / seconds


def resident_mib(process: psutil.Process) -> float:
    """The memory of a process, MiB, pages that it shares with others among it."""
    return float(process.memory_info().rss / _MEBIBYTE)


def _seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess as error:
        raise ContenderError(f"process {process.pid} has ended under load") from error
    return float(times.user + times.system)
