"""Locust's worker processes on this machine, for ``--workers N``."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_LOCUSTFILE: Final = Path(__file__).with_name("locustfile.py")
_END_S: Final = 10.0


@contextmanager
def local_workers(count: int, master_port: int, folder: Path) -> Iterator[None]:
    """Run ``count`` workers that serve the master at ``master_port``; they log into ``folder``.

    The same command, with another ``--master-host``, starts a worker on another machine.
    """
    command = [
        *(sys.executable, "-m", "locust", "--locustfile", str(_LOCUSTFILE), "--worker"),
        *("--master-host", "127.0.0.1", "--master-port", str(master_port)),
        *("--loglevel", "WARNING"),
    ]
    workers: list[subprocess.Popen[bytes]] = []
    try:
        for number in range(1, count + 1):
            with (folder / f"worker-{number}.log").open("wb") as log:
                # In a session of its own, so that Ctrl-C reaches the master alone, which then
                # lets them finish what they have under way.
                worker = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            workers.append(worker)
        yield
    finally:
        _end(workers)


def _end(workers: list[subprocess.Popen[bytes]]) -> None:
    for worker in workers:
        worker.terminate()
    for worker in workers:
        try:
            worker.wait(_END_S)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
