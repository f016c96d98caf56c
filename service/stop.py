"""Ends an instance, and sees to it that none of its processes is left."""

import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil

from goemotions.errors import GoEmotionsError
from service.run_record import RunRecord

# TorchServe closes its connections, lets the network threads end, and kills its workers.
_SECONDS_TO_END: Final = 60.0
_SECONDS_TO_DIE: Final = 10.0


def stop(log_dir: Path) -> bool:
    """Stop what was started with ``log_dir``; False: nothing ran.

    What waits in TorchServe's queue then is lost to its clients, since it has no way to drain.
    """
    record = RunRecord.load(log_dir)
    if record is None:
        return False
    was_running = record.processes().server is not None
    end(record, log_dir)
    return was_running


def end(record: RunRecord, log_dir: Path) -> None:
    """Ask the server to end, and then clear what is left of ``record``; raises as ``clear``."""
    if server := record.processes().server:
        _ask_to_end(server)
    clear(record, log_dir)


def clear(record: RunRecord, log_dir: Path) -> None:
    """Kill the processes of ``record``, and remove what the run had of its own.

    Raises ``GoEmotionsError`` where a process outlives that.
    """
    rest = record.processes().all
    for process in rest:
        _kill(process)
    psutil.wait_procs(rest, timeout=_SECONDS_TO_DIE)
    if alive := record.processes().all:
        pids = ", ".join(str(process.pid) for process in alive)
        raise GoEmotionsError(f"these processes could not be ended: {pids}; end them by hand")
    shutil.rmtree(record.temp_dir, ignore_errors=True)
    RunRecord.remove(log_dir)


def _ask_to_end(server: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
        server.terminate()
        server.wait(_SECONDS_TO_END)


def _kill(process: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):
        process.kill()
