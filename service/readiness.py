"""The signs of life of an instance, and the wait for one that was started."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import psutil

from goemotions.errors import GoEmotionsError
from service.client import Client, ServiceUnavailableError
from service.logs.worker_log import WorkerLog
from service.loopback import read_metrics
from service.management import Management, ManagementError, NotRegisteredError
from service.preflight import quote_java
from service.run_record import RunRecord
from service.waiting import wait_until

_ANSWER_SECONDS: Final = 30.0
_DESCRIPTION_SECONDS: Final = 5.0
_METRICS_SECONDS: Final = 2.0
# The counter of requests counts one when it comes.
_COUNTED_WHEN_ANSWERED: Final = "ts_inference_latency_microseconds{"


class StartError(GoEmotionsError):
    """TorchServe ended, can't load the model, or is not ready in time."""


class HangError(GoEmotionsError):
    """TorchServe runs, but gives its workers nothing to do, or they do nothing."""


class Progress:
    """The work that an instance does, as seen from outside: CPU time, and answered predictions."""

    def __init__(self, record: RunRecord) -> None:
        self._record = record
        self._computed: dict[int, float] = {}
        self._answered: list[str] = []
        self.made()

    def made(self) -> bool:
        """Whether a worker has computed, or a prediction was answered, since the last look."""
        computed, answered = self._computed_seconds(), self._answered_requests()
        before, self._computed = self._computed, computed
        has_answered = bool(answered) and answered != self._answered
        self._answered = answered or self._answered
        return has_answered or any(
            seconds > before.get(pid, 0) for pid, seconds in computed.items()
        )

    def _computed_seconds(self) -> dict[int, float]:
        workers = self._record.processes().workers
        return {worker.pid: computed_seconds(worker) for worker in workers}

    def _answered_requests(self) -> list[str]:
        """The counters of the metrics address; none if it does not answer."""
        lines = read_metrics(self._record.instance.metrics_url, _METRICS_SECONDS).splitlines()
        return [line for line in lines if line.startswith(_COUNTED_WHEN_ANSWERED)]


def computed_seconds(process: psutil.Process) -> float:
    """The CPU time of ``process``; 0 if it has ended."""
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


def refuse_hang(record: RunRecord) -> None:
    """Raise ``HangError`` if no worker describes the model, and none is at work either.

    A description waits in the queue like a prediction, so that under load it may take long.
    """
    progress = Progress(record)
    try:
        Client(record.instance, attempts=0, answer_seconds=_DESCRIPTION_SECONDS).describe()
    except ServiceUnavailableError as error:
        if not progress.made():
            raise HangError(
                f"it does not answer: no worker describes its model ({error.__cause__}), and none "
                "computes; the keeper restarts it after HANG_SECONDS (keeper.log), or make stop, "
                "make serve"
            ) from error


def wait_until_ready(
    record: RunRecord,
    worker_log: WorkerLog,
    timeout_seconds: float,
    report: Callable[[str], None],
) -> str:
    """Come back when all workers have loaded the model and a prediction was answered.

    Returns that request's id. Raises ``StartError`` as soon as that can't happen any more:
    TorchServe itself would restart a worker that can't load again and again.
    """
    watch = _Watch(record, worker_log, report)
    if not (answered := wait_until(watch.answered, timeout_seconds)):
        raise StartError(
            f"TorchServe is not ready after {timeout_seconds:g} s ({watch.loaded}); see ts_log.log "
            f"and model_log.log in {record.instance.log_dir}, or allow more by START_SECONDS"
        )
    return answered


class _Watch:
    """The processes of one start, and the workers seen among them so far."""

    def __init__(
        self, record: RunRecord, worker_log: WorkerLog, report: Callable[[str], None]
    ) -> None:
        self.loaded = ""
        self._record = record
        self._instance = record.instance
        self._management = Management(self._instance)
        # Once a look: the next look asks again, after it has seen whether the workers are alive.
        self._client = Client(self._instance, attempts=0, answer_seconds=_ANSWER_SECONDS)
        self._worker_log = worker_log
        self._report = report
        self._seen: set[int] = set()

    def answered(self) -> str:
        """The id of a request that it answered, or nothing; ``StartError`` if it never will."""
        self._check()
        workers, ready = self._instance.workers, self._ready_workers()
        self.loaded = f"{ready} of {workers} workers have loaded the model"
        self._report(self.loaded)
        return self._predict() if ready >= workers else ""

    def _check(self) -> None:
        """Raise ``StartError`` if the server has ended, or a worker that was seen has."""
        processes = self._record.processes()
        if processes.server is None:
            log_dir = self._instance.log_dir
            raise StartError(
                f"TorchServe ended at once: {_last_words(log_dir / 'console.log')}; "
                f"see console.log and ts_log.log in {log_dir}"
            )
        alive = {worker.pid for worker in processes.workers}
        if self._seen - alive:
            raise StartError(self._explain_failed_worker())
        self._seen |= alive

    def _explain_failed_worker(self) -> str:
        log_dir = self._instance.log_dir
        if reason := self._worker_log.failure():
            return f"a worker can't load the model: {reason}; see {log_dir / 'model_log.log'}"
        return (
            "a worker ended while it loaded the model, and left no trace of an error; it may have "
            "been killed for lack of memory: free some, or start fewer (WORKERS=1); what there is "
            f"to read is in model_log.log and ts_log.log in {log_dir}, and in the system's log"
        )

    def _ready_workers(self) -> int:
        """Workers that have loaded the model; 0 while the management API is not up.

        Raises ``StartError`` if TorchServe did not take the archive.
        """
        try:
            return self._management.default_version().ready_workers
        except NotRegisteredError as error:
            raise StartError(
                f"TorchServe can't read the archive {self._record.archive}; see ts_log.log in "
                f"{self._instance.log_dir}, and build it anew: make package"
            ) from error
        except ManagementError:
            return 0

    def _predict(self) -> str:
        try:
            _, request_id = self._client.ask("I love this")
        except ServiceUnavailableError:
            return ""
        return request_id


def _last_words(file: Path) -> str:
    """What Java says of its end: the lines from its first complaint on, else the last line."""
    text = file.read_text(encoding="utf-8", errors="replace").strip()
    return quote_java(text) if text else "it printed nothing"
