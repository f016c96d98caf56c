"""TorchServe's management API, as far as operating this service needs it."""

from dataclasses import dataclass
from typing import Any, Final

import psutil
import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from goemotions.errors import GoEmotionsError
from service.instance import Instance
from service.loopback import loopback_session
from service.waiting import wait_until

_ANSWER_SECONDS: Final = 30.0  # on a busy machine, while a version loads
_DESCRIPTION_SECONDS: Final = 10.0
_NOT_FOUND: Final = requests.codes.not_found
_WORKERS_SECONDS: Final = 300.0
# TorchServe notices a worker's end at once.
_NOTICED_SECONDS: Final = 2.0
# While TorchServe 0.12 scales down under load, the jobs that it walks over may change. It answers
# 500 then (ConcurrentModificationException in ts_log.log), half done; asked again, it finishes.
_SCALE_AGAIN: Final = Retry(
    total=2,
    connect=0,
    read=0,
    backoff_factor=0.5,
    status_forcelist=[500],
    allowed_methods=["PUT"],
    raise_on_status=False,
)


class ManagementError(GoEmotionsError):
    """The management API does not answer, or refuses."""


class NotRegisteredError(ManagementError):
    """The management API knows of no model ``goemotions``."""


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker of a version; ``pid`` is -1 until its process has reported it.

    It is ready if it has loaded the model and its process is alive. It is lost if TorchServe calls
    it ready and its process has ended: the thread that would notice has ended too.
    """

    id: str
    pid: int
    ready: bool
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """A registered version of the model, its workers, and the requests that wait for one."""

    version: str
    archive: str
    batch_size: int
    workers: tuple[Worker, ...]
    pending_requests: int
    queue_capacity: int

    @property
    def ready_workers(self) -> int:
        """Workers that have loaded the model."""
        return sum(worker.ready for worker in self.workers)

    @property
    def lost_workers(self) -> int:
        """Workers that TorchServe counts and never starts again."""
        return sum(worker.lost for worker in self.workers)


class Management:
    """The management API of one instance, for its model ``goemotions``."""

    def __init__(self, instance: Instance) -> None:
        self._models_url = f"{instance.management_url}/models"
        self.url = f"{self._models_url}/goemotions"
        self._session = loopback_session()
        self._session.mount(self.url, HTTPAdapter(max_retries=_SCALE_AGAIN))

    def default_version(self) -> Version:
        """The version that answers requests that name none; raises ``ManagementError``."""
        return _read_version(self._ask("GET", self.url)[0])

    def versions(self) -> list[Version]:
        """All registered versions; raises ``ManagementError``."""
        return [_read_version(found) for found in self._ask("GET", f"{self.url}/all")]

    def describes(self, version: str) -> bool:
        """Whether a worker of ``version`` describes the model within 10 seconds."""
        try:
            self._ask(
                "GET",
                f"{self.url}/{version}",
                params={"customized": "true"},
                timeout=_DESCRIPTION_SECONDS,
            )
        except ManagementError:
            return False
        return True

    def scale(self, workers: int) -> None:
        """Give the default version ``workers`` workers; comes back when TorchServe has them.

        Lost workers are not among them, though TorchServe counts them. Raises ``ManagementError``
        if that fails, or takes more than 300 seconds.
        """
        counted = workers + self._lost_workers()
        self._ask(
            "PUT",
            self.url,
            params={"min_worker": counted, "max_worker": counted, "synchronous": "true"},
            timeout=_WORKERS_SECONDS,
        )

    def _lost_workers(self) -> int:
        """Lost workers of the default version; one that was just killed is not, but seems to be."""
        wait_until(lambda: not self.default_version().lost_workers, _NOTICED_SECONDS)
        return self.default_version().lost_workers

    def wait_for_workers(self, workers: int, timeout_seconds: float) -> None:
        """Come back when so many workers of the default version have loaded the model.

        Raises ``ManagementError`` if that takes more than ``timeout_seconds``.
        """

        def is_so() -> bool:
            return self.default_version().ready_workers == workers

        if not wait_until(is_so, timeout_seconds):
            raise ManagementError(
                f"{self.default_version().ready_workers} of {workers} workers have loaded the "
                f"model after {timeout_seconds:g} s; see ts_log.log and model_log.log in the log "
                "folder"
            )

    def register(self, archive: str, workers: int) -> None:
        """Register the file ``archive`` of the model store beside what is there.

        Comes back when ``workers`` workers have loaded it. Raises ``ManagementError`` if they do
        not, or take more than 300 seconds; the version may be registered nonetheless.
        """
        self._ask(
            "POST",
            self._models_url,
            params={
                "url": archive,
                "model_name": "goemotions",
                "initial_workers": workers,
                "synchronous": "true",
            },
            timeout=_WORKERS_SECONDS,
        )

    def make_default(self, version: str) -> None:
        """Let ``version`` answer requests that name none; raises ``ManagementError``."""
        self._ask("PUT", f"{self.url}/{version}/set-default")

    def unregister(self, version: str) -> None:
        """End ``version`` and its workers, even during a batch; raises ``ManagementError``.

        TorchServe refuses to unregister the default version.
        """
        self._ask("DELETE", f"{self.url}/{version}", timeout=_WORKERS_SECONDS)

    def _ask(
        self,
        method: str,
        url: str,
        params: dict[str, Any] | None = None,
        timeout: float = _ANSWER_SECONDS,
    ) -> Any:  # noqa: ANN401 - whatever JSON there is
        try:
            reply = self._session.request(method, url, params=params, timeout=timeout)
            answer = reply.json()
        except requests.RequestException as error:
            raise ManagementError(
                f"the management API at {url} gives no answer ({type(error).__name__}); "
                "see ts_log.log in the log folder"
            ) from error
        if not reply.ok:
            refusal = NotRegisteredError if reply.status_code == _NOT_FOUND else ManagementError
            message = answer.get("message", answer)
            raise refusal(f"{method} {url} is answered {reply.status_code}: {message}")
        return answer


def _read_version(found: dict[str, Any]) -> Version:
    queue = found["jobQueueStatus"]
    return Version(
        version=found["modelVersion"],
        archive=found["modelUrl"],
        batch_size=found["batchSize"],
        workers=tuple(map(_read_worker, found["workers"])),
        pending_requests=queue["pendingRequests"],
        queue_capacity=queue["pendingRequests"] + queue["remainingCapacity"],
    )


def _read_worker(found: dict[str, Any]) -> Worker:
    called_ready = found["status"] == "READY"
    is_alive = found["pid"] > 0 and psutil.pid_exists(found["pid"])
    return Worker(
        found["id"], found["pid"], called_ready and is_alive, called_ready and not is_alive
    )
