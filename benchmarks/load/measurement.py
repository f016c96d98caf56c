"""The figures of one load, and what a contender takes for it: cores and memory."""

import resource
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Final

import psutil

_MEBIBYTE: Final = 1024**2


@dataclass(frozen=True, slots=True)
class Measurement:
    """Comments answered while ``clients`` asked, each its next as soon as it was answered.

    ``errors`` counts refusals (a status of 400 or more), broken connections and time-outs, none
    of which is among the ``comments``.
    """

    clients: int
    seconds: float
    comments: int
    errors: int
    mean_ms: float
    p50_ms: float
    p90_ms: float
    p99_ms: float
    max_ms: float

    @property
    def per_second(self) -> float:
        """Comments answered a second."""
        return self.comments / self.seconds

    def __str__(self) -> str:
        """One line for the terminal."""
        return (
            f"{self.clients:>3} clients: {self.per_second:,.1f}/s, "
            f"p50 {self.p50_ms:,.1f} ms, p99 {self.p99_ms:,.1f} ms"
            + (f", {self.errors} errors" if self.errors else "")
        )


@dataclass(frozen=True, slots=True)
class CostedMeasurement(Measurement):
    """A measurement, and what it took.

    ``first_ms``, ``rest_ms``, ``generator_ms``  time of a core for each comment: of the contender's
              first process (of TorchServe the frontend), of its others, of the load generator.
    ``busy``  the share of the cores' time that all of them took, 0 to 1: what is missing to 1
              is time in which a core waited.
    """

    first_ms: float
    rest_ms: float
    generator_ms: float
    busy: float


@dataclass(frozen=True, slots=True)
class Memory:
    """Summed over a contender's processes, in MiB.

    ``resident`` counts a page that processes share once for each; ``proportional`` once in all,
    and is None if the system does not tell it (it is Linux' PSS). ``first`` is the resident memory
    of the first process alone.
    """

    processes: int
    resident_mib: float
    proportional_mib: float | None
    first_mib: float


FindProcesses = Callable[[], Sequence[psutil.Process]]
"""The processes of a contender, its first one first."""


def with_costs(
    find_processes: FindProcesses, cores: int, measure: Callable[[], Measurement]
) -> CostedMeasurement:
    """What ``measure`` gives, which is at least one comment, and takes of ``cores`` cores."""
    before, generated, start = core_seconds(find_processes()), _generated(), time.monotonic()
    measurement = measure()
    seconds = time.monotonic() - start
    generator = _generated() - generated
    # A process may have ended meanwhile, and another begun.
    took = [after - before.get(pid, 0) for pid, after in core_seconds(find_processes()).items()]
    first, rest = sum(took[:1]), sum(took[1:])
    each_ms = 1000 / measurement.comments
    return CostedMeasurement(
        **asdict(measurement),
        first_ms=first * each_ms,
        rest_ms=rest * each_ms,
        generator_ms=generator * each_ms,
        busy=(first + rest + generator) / (seconds * cores),
    )


def idle_percent(find_processes: FindProcesses, seconds: float) -> float:
    """Percent of one core that a contender takes while nothing is asked for ``seconds``."""
    before = core_seconds(find_processes())
    time.sleep(seconds)
    after = core_seconds(find_processes())
    return 100 * (sum(after.values()) - sum(before.values())) / seconds


def memory_of(processes: Sequence[psutil.Process]) -> Memory:
    """The memory of those ``processes`` that are still there."""
    found = []
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            found.append(process.memory_full_info())
    shares = [each.pss for each in found if hasattr(each, "pss")]
    return Memory(
        processes=len(found),
        resident_mib=sum(each.rss for each in found) / _MEBIBYTE,
        proportional_mib=sum(shares) / _MEBIBYTE if len(shares) == len(found) else None,
        first_mib=found[0].rss / _MEBIBYTE if found else 0.0,
    )


def core_seconds(processes: Sequence[psutil.Process]) -> dict[int, float]:
    """By process, in order, the time of a core that it took since it began, kernel included."""
    found = {}
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            found[process.pid] = times.user + times.system
    return found


def _generated() -> float:
    """The time of a core that load generators, which have ended, have taken."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime
