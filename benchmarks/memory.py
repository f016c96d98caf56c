"""How much memory a contender's processes take."""

from collections.abc import Iterable
from dataclasses import dataclass

import psutil

_MEBIBYTE = 1024**2


@dataclass(frozen=True, slots=True)
class Memory:
    """Summed over a contender's processes, in MiB.

    ``resident`` counts a page that processes share once for each; ``proportional`` once in all,
    and is None where the system does not tell it (it is Linux' PSS).
    """

    processes: int
    resident_mib: float
    proportional_mib: float | None


def memory_of(processes: Iterable[psutil.Process]) -> Memory:
    """The memory of those ``processes`` that are still there."""
    resident, proportional = [], []
    for process in processes:
        try:
            found = process.memory_full_info()
        except psutil.NoSuchProcess:
            continue
        resident.append(found.rss / _MEBIBYTE)
        proportional.append(getattr(found, "pss", None))
    shares = [share / _MEBIBYTE for share in proportional if share is not None]
    known = len(shares) == len(resident)
    return Memory(len(resident), sum(resident), sum(shares) if known else None)
