"""When a started TorchServe is ready, and what shows that it never will be."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import requests

from goemotions.errors import GoEmotionsError
from service.instance import Instance
from service.management import Management, ManagementError, NotRegisteredError
from service.run_record import RunRecord
from service.worker_log import WorkerLog

_PAUSE_SECONDS: Final = 0.2
_ANSWER_SECONDS: Final = 30.0


class StartError(GoEmotionsError):
    """TorchServe ended, can't load the model, or is not ready in time."""


def wait_until_ready(
    record: RunRecord,
    worker_log: WorkerLog,
    timeout_seconds: float,
    report: Callable[[str], None],
) -> None:
    """Come back when all workers have loaded the model and a prediction was answered.

    Raises ``StartError`` at once where that can't be any more: TorchServe itself would go on
    to restart a worker that can't load.
    """
    instance = record.instance
    watch = _Watch(record, worker_log)
    deadline = time.monotonic() + timeout_seconds
    while True:
        watch.check()
        ready = watch.ready_workers()
        if ready >= instance.workers and _predicts(instance):
            return
        report(f"{ready} of {instance.workers} workers have loaded the model")
        if time.monotonic() > deadline:
            raise StartError(
                f"TorchServe is not ready after {timeout_seconds:g} s ({ready} of "
                f"{instance.workers} workers are); see ts_log.log and model_log.log in "
                f"{instance.log_dir}, or allow more by START_SECONDS"
            )
        time.sleep(_PAUSE_SECONDS)


class _Watch:
    """The processes of one start, and the workers seen among them so far."""

    def __init__(self, record: RunRecord, worker_log: WorkerLog) -> None:
        self._record = record
        self._log_dir = record.instance.log_dir
        self._management = Management(record.instance)
        self._worker_log = worker_log
        self._seen: set[int] = set()

    def check(self) -> None:
        """Raise ``StartError`` where the server has ended, or a worker that was there has."""
        processes = self._record.processes()
        if processes.server is None:
            raise StartError(
                f"TorchServe ended at once: {_last_line(self._log_dir / 'console.log')}; "
                f"see console.log and ts_log.log in {self._log_dir}"
            )
        alive = {worker.pid for worker in processes.workers}
        if self._seen - alive:
            reason = self._worker_log.failure() or "it printed no reason"
            raise StartError(
                f"a worker can't load the model: {reason}; its trace is in "
                f"{self._log_dir / 'model_log.log'}"
            )
        self._seen |= alive

    def ready_workers(self) -> int:
        """Workers that have loaded the model; 0 while the management API is not up.

        Raises ``StartError`` where TorchServe did not take the archive.
        """
        try:
            return self._management.default_version().ready_workers
        except NotRegisteredError as error:
            raise StartError(
                f"TorchServe can't read the archive {self._record.archive}; see ts_log.log in "
                f"{self._log_dir}, and build it anew: make package"
            ) from error
        except ManagementError:
            return 0


def _predicts(instance: Instance) -> bool:
    with requests.Session() as session:
        session.trust_env = False
        try:
            reply = session.post(
                instance.prediction_url, json={"comment": "I love this"}, timeout=_ANSWER_SECONDS
            )
        except requests.RequestException:
            return False
    return reply.ok


def _last_line(file: Path) -> str:
    lines = file.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "it printed nothing"
