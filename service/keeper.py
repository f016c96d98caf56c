"""The keeper: a process beside each running TorchServe, which guards and watches it.

It has the management port (``service.gate``). It restarts a TorchServe that hangs, keeps its
temporary folder from those who remove old files, and ``console.log`` small. It ends when
TorchServe does.
"""

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Final, Self

import psutil

from goemotions.errors import GoEmotionsError
from service.gate import Gate, connect
from service.launch import Configuration
from service.logs.health import bound_console
from service.management import Management, ManagementError
from service.readiness import Progress
from service.run_record import RunRecord, is_alive
from service.start import hang_seconds, restart
from service.waiting import wait_until

_LOG_BYTES: Final = 200_000
_SERVER_SECONDS: Final = 10.0
_PAUSE_SECONDS: Final = 3.0
_DESCRIPTION_SECONDS: Final = 5.0
_FRESH_SECONDS: Final = 3600.0
_LONGEST_PAUSE_SECONDS: Final = 300.0

_log = logging.getLogger("keeper")


@dataclass(frozen=True, slots=True)
class Task:
    """A run to keep: its folders, TorchServe's own management address, and how to restart it."""

    log_dir: Path
    temp_dir: str
    management_address: str
    timeout_seconds: float
    configuration: Configuration

    @classmethod
    def parse(cls, arguments: list[str]) -> Self:
        """The task of a command line, as ``service.start`` makes it."""
        log_dir, temp_dir, address, seconds, configuration = arguments
        return cls(
            Path(log_dir), temp_dir, address, float(seconds), Configuration.from_json(configuration)
        )


def main(arguments: list[str]) -> None:
    """Listen on the management port, then go on in the background."""
    task = Task.parse(arguments)
    log_to(task.log_dir)
    record = RunRecord.load(task.log_dir)
    if record is None:
        raise SystemExit(f"keeper: there is no record in {task.log_dir}")
    gate = Gate(record.instance.management_port, task.management_address)
    if os.fork():
        os._exit(0)
    keep(task, record, gate, hang_seconds())


def log_to(folder: Path) -> None:
    """Write ``keeper.log`` in ``folder``, of which one older file is kept."""
    handler = RotatingFileHandler(
        folder / "keeper.log", maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-5s %(message)s"))
    _log.addHandler(handler)
    _log.setLevel(logging.INFO)


def keep(task: Task, record: RunRecord, gate: Gate, patience_seconds: float) -> None:
    """Guard and watch the run of ``record`` until it ends, or was restarted."""
    with gate:
        server = wait_until(lambda: record.processes().server, _SERVER_SECONDS)
        if server is None:
            return
        hangs = Watch(task, record, server).wait_for_hang(patience_seconds)
    if not hangs:
        return
    _log.warning(
        "TorchServe hangs: for %g s no worker described its model or computed, and no prediction "
        "was answered; restarting it",
        patience_seconds,
    )
    for pause_seconds in _growing_pauses():
        record = RunRecord.load(task.log_dir) or record
        try:
            restart(record, task.timeout_seconds, task.configuration)
        except (GoEmotionsError, OSError, subprocess.SubprocessError) as error:
            _log.error("it does not start: %s; tried again in %g s", error, pause_seconds)
            time.sleep(pause_seconds)
        else:
            _log.info("restarted: it answers predictions again")
            return


class Watch:
    """The signs of life of one run."""

    def __init__(self, task: Task, record: RunRecord, server: psutil.Process) -> None:
        self._task = task
        self._record = record
        self._server = server
        self._management = Management(record.instance)
        self._progress = Progress(record)
        self._freshened_at = self._whole_at = time.monotonic()

    def wait_for_hang(self, patience_seconds: float) -> bool:
        """Come back with True when it has done nothing for so long; with False when it has ended.

        It has not begun before a worker has described the model once.
        """
        pause_seconds = min(_PAUSE_SECONDS, patience_seconds / 4)
        lived_at = None
        while self._goes_on():
            bound_console(self._task.log_dir)
            self._freshen()
            if self.describes():
                lived_at = time.monotonic()
                self._replace_lost(patience_seconds)
            elif lived_at and self._progress.made():
                lived_at = time.monotonic()
            elif lived_at and time.monotonic() - lived_at >= patience_seconds:
                return True
            time.sleep(pause_seconds)
        return False

    def describes(self) -> bool:
        """Whether a worker describes the model, or there is none on purpose."""
        status, _ = self._ask("?customized=true")
        if status == HTTPStatus.OK:
            return True
        status, versions = self._ask("")
        return status == HTTPStatus.NOT_FOUND or (
            status == HTTPStatus.OK and versions[0]["minWorkers"] == 0
        )

    def _ask(self, query: str) -> tuple[int, Any]:
        """The status and the JSON of what the management API says of the model; 0 if nothing."""
        connection = connect(self._task.management_address, _DESCRIPTION_SECONDS)
        with closing(connection):
            try:
                connection.request("GET", f"/models/goemotions{query}")
                reply = connection.getresponse()
                return reply.status, json.loads(reply.read())
            except (OSError, HTTPException, ValueError):
                return 0, None

    def _goes_on(self) -> bool:
        """Whether TorchServe is alive, and no other run has taken its place."""
        if not is_alive(self._server):
            return False
        self._record = RunRecord.load(self._task.log_dir) or self._record
        return self._record.temp_dir == self._task.temp_dir

    def _replace_lost(self, patience_seconds: float) -> None:
        """Add workers in place of those that have been lost for so long."""
        wanted = self._record.instance.workers
        try:
            found = self._management.default_version()
            if not found.lost_workers or not 0 < found.ready_workers < wanted:
                self._whole_at = time.monotonic()
            elif time.monotonic() - self._whole_at >= patience_seconds:
                _log.warning(
                    "%d of %d workers are left; adding others", found.ready_workers, wanted
                )
                self._whole_at = time.monotonic()  # they take a while to load
                self._management.scale(wanted)
        except ManagementError as error:
            _log.warning("workers could not be counted or added: %s", error)

    def _freshen(self) -> None:
        """Once an hour, make all in the temporary folder look new to who removes old files."""
        if time.monotonic() >= self._freshened_at + _FRESH_SECONDS:
            freshen(Path(self._task.temp_dir))
            self._freshened_at = time.monotonic()


def freshen(folder: Path) -> None:
    """Set the times of ``folder`` and of all in it to now."""
    for path in (folder, *folder.rglob("*")):
        with suppress(OSError):  # it was just removed
            os.utime(path, follow_symlinks=False)


def _growing_pauses() -> Iterator[float]:
    """Seconds without end: 10, 20, and so on up to 300."""
    seconds = 10.0
    while True:
        yield seconds
        seconds = min(2 * seconds, _LONGEST_PAUSE_SECONDS)


if __name__ == "__main__":
    main(sys.argv[1:])
