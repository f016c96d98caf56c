"""Memory and processor time of the JVM, its workers and the load generator, sampled over a run."""

import os
import time
from collections.abc import Iterator
from typing import Final

import pandas as pd
import psutil

COLUMNS: Final = ("at_s", "process", "pid", "rss_mb", "cpu_percent")
GENERATOR: Final = "generator"
SERVICE: Final = ("jvm", "worker")

_MEGABYTE: Final = 1024 * 1024


class Sampler:
    """Takes samples of ``jvm`` and its workers, if it is given, and of the load generator."""

    def __init__(self, jvm: psutil.Process | None) -> None:
        self._jvm = jvm
        self._own = psutil.Process(os.getpid())
        # Kept, because psutil counts the processor's time from one call on an object to the next.
        self._known: dict[int, psutil.Process] = {}
        self._rows: list[tuple[float, str, int, float, float]] = []

    def sample(self, started: float) -> None:
        """Take one sample, ``at_s`` seconds since ``started`` (seconds since the epoch)."""
        at_s = round(time.time() - started, 2)
        for kind, process in self._processes():
            known = self._known.setdefault(process.pid, process)
            try:
                with known.oneshot():
                    rss_mb = round(known.memory_info().rss / _MEGABYTE, 1)
                    row = (at_s, kind, known.pid, rss_mb, known.cpu_percent())
            except psutil.NoSuchProcess:
                del self._known[process.pid]
            except OSError:  # no file left to open: what it is of is named by the verdict
                continue
            else:
                self._rows.append(row)

    def table(self) -> pd.DataFrame:
        """All samples; ``cpu_percent`` is of one core, and 0 in a process's first sample."""
        return pd.DataFrame.from_records(self._rows, columns=list(COLUMNS))

    def _processes(self) -> Iterator[tuple[str, psutil.Process]]:
        yield GENERATOR, self._own
        yield from ((GENERATOR, worker) for worker in _children(self._own))
        if self._jvm is not None:
            yield "jvm", self._jvm
            yield from (("worker", worker) for worker in _children(self._jvm))


def of_service(samples: pd.DataFrame) -> pd.DataFrame:
    """The samples of the JVM and of its workers."""
    return samples[samples["process"].isin(SERVICE)]


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except (psutil.NoSuchProcess, OSError):
        return []
