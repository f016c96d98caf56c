"""A scenario's actions on the service while it is under load, and the way back from them."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import gevent
import psutil

from goemotions.errors import GoEmotionsError
from loadtest.scenarios import Action, Deed
from service.instance import Instance
from service.management import Management, Version
from service.run_record import Processes, RunRecord
from service.waiting import wait_until

_READY_S: Final = 120.0
# What came of an action is seen in the seconds after it.
_SEEN_AFTER_S: Final = 8.0
_POLL_S: Final = 0.1
_TOP: Final = Path(__file__).resolve().parents[1]
_PATHS: Final = os.pathsep.join([str(_TOP), str(_TOP / "handler")])


class FaultError(GoEmotionsError):
    """An action that could not be carried out."""


@dataclass(frozen=True, slots=True)
class Done:
    """An action that was carried out, ``began_s`` after the start of the run.

    ``took_s`` is how long until it was so: the workers ready, the service gone.
    """

    do: Deed
    began_s: float
    took_s: float
    detail: str


class Faults:
    """Carries out actions on ``instance``, and repairs what they broke."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._management = Management(instance)
        self._record = RunRecord.load(instance.log_dir)
        self._deeds = {
            Deed.SCALE: self._scale,
            Deed.KILL_WORKER: self._kill_worker,
            Deed.STOP_SERVICE: self._stop_service,
            Deed.KILL_SERVICE: self._kill_service,
        }

    def carry_out(self, action: Action, began_s: float) -> Done:
        """Do it, and wait until it is so. Raises ``FaultError``."""
        start = time.monotonic()
        try:
            detail = self._deeds[action.do](action)
        except (GoEmotionsError, psutil.Error) as error:
            raise FaultError(f"{action.do} failed: {error}") from error
        return Done(action.do, round(began_s, 2), round(time.monotonic() - start, 2), detail)

    def restore(self, workers: int) -> None:
        """Leave the service as it was found: up, with so many workers. Raises ``FaultError``."""
        record = self._record
        if record is not None and record.processes().server is None:
            self._call_service("stop")  # what a killed JVM left behind
            self._call_service("start", "--archive", record.archive)
        try:
            if len(self._management.default_version().workers) != workers:
                self._management.scale(workers)
            self._await_ready(workers)
        except GoEmotionsError as error:
            raise FaultError(f"the service is not as it was found: {error}") from error

    def _scale(self, action: Action) -> str:
        workers = action.workers or 1
        self._management.scale(workers)
        self._await_ready(workers)
        return f"{workers} worker{'s' if workers > 1 else ''}"

    def _kill_worker(self, _: Action) -> str:
        before = self._management.default_version()
        # Its pid is the management API's, its right to be killed that of the instance's record.
        own = {process.pid: process for process in self._processes().workers}
        ready = [own[worker.pid] for worker in before.workers if worker.ready and worker.pid in own]
        if not ready:
            raise FaultError("no worker is ready that could be killed; see `make status`")
        victim = ready[0]
        victim.kill()
        victim.wait(_READY_S)
        self._await_ready(len(before.workers), without_pid=victim.pid)
        return f"worker {victim.pid} killed by -9"

    def _stop_service(self, _: Action) -> str:
        self._call_service("stop")
        return "service stopped"

    def _kill_service(self, _: Action) -> str:
        server = self._processes().server
        if server is None:
            raise FaultError("the JVM is gone already")
        server.kill()
        server.wait(_READY_S)
        return f"JVM {server.pid} killed by -9"

    def _processes(self) -> Processes:
        if self._record is None:
            raise FaultError(f"nothing was started by `make serve` with {self._instance.log_dir}")
        return self._record.processes()

    def _await_ready(self, workers: int, without_pid: int | None = None) -> None:
        def ready() -> bool:
            return _are_ready(self._management.default_version(), workers, without_pid)

        if not wait_until(ready, _READY_S, _POLL_S):
            raise FaultError(f"no {workers} workers were ready within {_READY_S:.0f} s")

    def _call_service(self, *arguments: str) -> None:
        """What ``make stop`` and ``make serve`` call. Raises ``FaultError``."""
        called = subprocess.run(
            [sys.executable, "-m", "scripts.service", *arguments],
            cwd=_TOP,
            env={**os.environ, "PYTHONPATH": _PATHS, **self._instance.to_env()},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if called.returncode != 0:
            raise FaultError(f"scripts.service {arguments[0]} failed: {called.stderr.strip()}")


class ActionPlan:
    """Carries out ``actions``: each at its time, or once the one before it is carried out.

    ``end_run`` is called after one that leaves nothing to load. ``error`` says what could not be
    carried out, if anything; that ends the run too.
    """

    def __init__(
        self, actions: Sequence[Action], faults: Faults, end_run: Callable[[], None]
    ) -> None:
        self._before = [action for action in actions if action.at == 0]
        self._during = [action for action in actions if action.at > 0]
        self._faults = faults
        self._end_run = end_run
        self._finished = 0.0
        self._greenlet: gevent.Greenlet[..., object] | None = None
        self.done: list[Done] = []
        self.error = ""

    @property
    def needs_time(self) -> bool:
        """Whether the load has to go on for what is still to be done, or to be seen."""
        if self._greenlet is None:
            return False
        return not self._greenlet.ready() or time.monotonic() < self._finished + _SEEN_AFTER_S

    def prepare(self) -> None:
        """Carry out what comes before the first request."""
        for action in self._before:
            self._carry_out(action, at_s=0.0)

    def begin(self) -> None:
        """Let the clock of the others run from now."""
        if self._during:
            self._greenlet = gevent.spawn(self._carry_out_all, time.monotonic())

    def cancel(self) -> None:
        """Drop what is still to come."""
        if self._greenlet is not None:
            self._greenlet.kill()

    def _carry_out_all(self, started: float) -> None:
        for action in self._during:
            gevent.sleep(max(0.0, started + action.at - time.monotonic()))
            self._carry_out(action, at_s=time.monotonic() - started)
        self._finished = time.monotonic()

    def _carry_out(self, action: Action, at_s: float) -> None:
        try:
            self.done.append(self._faults.carry_out(action, at_s))
        except FaultError as error:
            self.error = str(error)
            self._end_run()
        if action.do.ends_run:
            self._end_run()


def _are_ready(version: Version, workers: int, without_pid: int | None) -> bool:
    pids = {worker.pid for worker in version.workers}
    return version.ready_workers == workers == len(version.workers) and without_pid not in pids
