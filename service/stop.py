"""The end of an instance, after which none of its processes is left."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import psutil

from goemotions.errors import GoEmotionsError
from service.run_record import RunRecord, is_alive
from service.waiting import wait_until

# TorchServe closes its connections, lets the network threads end, and kills its workers.
_SECONDS_TO_END: Final = 60.0
_SECONDS_TO_DIE: Final = 10.0


class StopError(GoEmotionsError):
    """A process of the instance that can't be ended."""


def stop(log_dir: Path) -> bool:
    """Stop the instance that was started with ``log_dir``; returns False if none ran.

    Requests that wait in TorchServe's queue are lost to their clients, since it can't drain it.
    Raises ``StopError``.
    """
    record = RunRecord.load(log_dir)
    if record is None:
        return False
    # Its keeper first, which would take an ending server for one that hangs, and might just have
    # started another.
    _kill(record.processes().keepers)
    record = RunRecord.load(log_dir) or record
    server = record.processes().server
    if server:
        _signal(server, server.terminate)
        wait_until(lambda: not is_alive(server), _SECONDS_TO_END)
    clear(record, log_dir)
    return server is not None


def clear(record: RunRecord, log_dir: Path) -> None:
    """Leave nothing of ``record``, and no record; raises ``StopError`` as ``kill`` does."""
    kill(record)
    RunRecord.remove(log_dir)


def kill(record: RunRecord) -> None:
    """Kill the processes of ``record``, and remove its temporary folder.

    Raises ``StopError`` if a process can't be killed.
    """
    _kill(record.processes().keepers)  # first, so that none starts what this ends
    _kill(record.processes().all)
    if alive := record.processes().all:
        pids = ", ".join(str(process.pid) for process in alive)
        raise StopError(f"these processes could not be ended: {pids}; end them by hand")
    shutil.rmtree(record.temp_dir, ignore_errors=True)


def _kill(processes: Sequence[psutil.Process]) -> None:
    """Kill them, and wait until they have ended, or for some seconds."""
    for process in processes:
        _signal(process, process.kill)
    wait_until(lambda: not any(map(is_alive, processes)), _SECONDS_TO_DIE)


def _signal(process: psutil.Process, send: Callable[[], None]) -> None:
    try:
        send()
    except psutil.NoSuchProcess:
        pass
    except psutil.AccessDenied as error:
        raise StopError(
            f"process {process.pid} belongs to another user; ask them to end it, or use sudo"
        ) from error
