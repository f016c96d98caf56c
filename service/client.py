"""A client of the running service that outlives its short absences."""

from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from goemotions.errors import GoEmotionsError
from service.instance import Instance
from service.loopback import loopback_session

# TorchServe answers so while a worker is dead or being scaled down, or while the queue is full.
# A prediction changes nothing, so it can be asked for again.
_PASSING_STATUSES: Final = (500, 502, 503, 504, 507)
_CONNECT_SECONDS: Final = 5.0
_ANSWER_SECONDS: Final = 120.0


class ServiceUnavailableError(GoEmotionsError):
    """The service does not answer, or not with a prediction; the message says what to do."""


class Client:
    """Predictions of one running service, by its default version or by ``version``.

    Threads may share it. If the connection is refused or reset, or the status is a passing one,
    it asks again, ``attempts`` times at most, after growing pauses of 5 seconds at most.
    """

    def __init__(
        self,
        instance: Instance,
        *,
        version: str | None = None,
        connections: int = 1,
        attempts: int = 8,
        answer_seconds: float = _ANSWER_SECONDS,
    ) -> None:
        self.prediction_url = instance.prediction_url + (f"/{version}" if version else "")
        self._description_url = f"{instance.management_url}/models/goemotions"
        self._timeout = (_CONNECT_SECONDS, answer_seconds)
        retry = Retry(
            total=attempts,
            backoff_factor=0.1,
            backoff_jitter=0.1,
            backoff_max=5,
            status_forcelist=_PASSING_STATUSES,
            allowed_methods=None,  # POST as well
            raise_on_status=False,
        )
        self._session = loopback_session()
        self._session.mount(
            self.prediction_url,
            HTTPAdapter(pool_maxsize=connections, pool_block=True, max_retries=retry),
        )

    def predict(self, comment: str) -> str:
        """The label of ``comment``; raises ``ServiceUnavailableError`` if it gets none."""
        label, _ = self.ask(comment)
        return label

    def ask(self, comment: str) -> tuple[str, str]:
        """The label of ``comment`` and the request's id; raises as ``predict`` does."""
        try:
            reply = self._session.post(
                self.prediction_url, json={"comment": comment}, timeout=self._timeout
            )
            if reply.ok and (label := reply.json()["prediction"]):
                return str(label), reply.headers.get("x-request-id", "")
        except (requests.RequestException, LookupError, TypeError) as error:
            raise ServiceUnavailableError(
                f"{self.prediction_url} gives no prediction ({_cause(error)}); "
                "`make status` tells its state"
            ) from error
        raise ServiceUnavailableError(
            f"{self.prediction_url} answers {reply.status_code}, {reply.text.strip()[:200]!r}; "
            "`make status` tells its state"
        )

    def describe(self) -> dict[str, Any]:
        """The description that the service gives of its model, asked for once.

        Raises ``ServiceUnavailableError``.
        """
        try:
            reply = self._session.get(
                self._description_url, params={"customized": "true"}, timeout=self._timeout
            )
            reply.raise_for_status()
            description: dict[str, Any] = reply.json()[0]["customizedMetadata"]
        except (requests.RequestException, LookupError, TypeError) as error:
            raise ServiceUnavailableError(
                f"no service describes its model at {self._description_url} ({_cause(error)}); "
                "start one with `make serve`, or give the MANAGEMENT_PORT and INFERENCE_PORT of "
                "the one that runs"
            ) from error
        return description


def _cause(error: BaseException) -> str:
    """The innermost reason of ``error``, in a few words: requests wraps it several times."""
    while error.__context__ is not None:
        error = error.__context__
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
