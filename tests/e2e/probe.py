"""The replies and the prediction log of a running service, as the end-to-end tests see them."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import requests

from service.instance import Instance
from service.loopback import loopback_session
from service.waiting import wait_until

MALFORMED = (
    '{"success": false, '
    '"error": "The message must be JSON in the form json={\'comment\': string_to_predict}."}'
)

Entry = dict[str, Any]

# How long a test waits for what must come: long, since another test may have all cores.
PATIENCE_SECONDS = 120
_PAUSE_SECONDS = 0.02


class Probe:
    """Asks one service over its own connections (so use one in each thread) and reads its log."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.url = instance.prediction_url
        self.log = PredictionLog(instance.log_dir / "predictions.log")
        self._session = loopback_session()

    def send(
        self,
        body: bytes,
        content_type: str = "application/json",
        headers: Mapping[str, str | bytes] | None = None,
        method: str = "POST",
    ) -> requests.Response:
        """The reply to ``body`` as it is."""
        return self._session.request(
            method,
            self.url,
            data=body,
            headers={"Content-Type": content_type, **(headers or {})},
            timeout=PATIENCE_SECONDS,
        )

    def ask(
        self, document: object, headers: Mapping[str, str | bytes] | None = None
    ) -> requests.Response:
        """The reply to ``document`` as JSON in ASCII."""
        return self.send(json.dumps(document).encode(), headers=headers)

    def label(self, comment: str) -> str:
        """The plain form's answer to ``comment``."""
        return self.ask({"comment": comment}).json()["prediction"]

    def scores(self, comment: str, **parameters: object) -> dict[str, float]:
        """The Hugging Face form's scores of ``comment``, highest first; all unless ``top_k``."""
        document = {"inputs": comment, "parameters": {"top_k": None, **parameters}}
        return {pair["label"]: pair["score"] for pair in self.ask(document).json()[0]}

    def entries(self, reply: requests.Response, count: int = 1) -> list[Entry]:
        """The log entries of the request that ``reply`` answers; waits for ``count`` of them."""
        return self.log.entries_with(reply.headers["x-request-id"], count)

    def entry(self, reply: requests.Response) -> Entry:
        """The one log entry of the request that ``reply`` answers."""
        (entry,) = self.entries(reply)
        return entry


class PredictionLog:
    """A ``predictions.log`` that is being written to, a little behind the replies."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def lines(self) -> list[str]:
        """The complete lines so far, split at line feeds alone; none while it rotates."""
        try:
            text = self._file.read_bytes().decode("utf-8")
        except FileNotFoundError:
            return []
        return text.split("\n")[:-1]

    def entries_with(self, text: str, count: int) -> list[Entry]:
        """The entries whose lines hold ``text``; waits until there are ``count``, may find more."""

        def find() -> list[Entry]:
            return [json.loads(line) for line in self.lines() if text in line]

        wait_until(lambda: len(find()) >= count, PATIENCE_SECONDS, _PAUSE_SECONDS)
        return find()

    def counts_of(self, expected: Mapping[str, int]) -> dict[str, int]:
        """How many entries each of the ``expected`` requests has, once all expected ones are there.

        Comes back after the time limit with what there is.
        """

        def are_there() -> bool:
            found = self._counts_of(expected)
            return all(found[request] >= count for request, count in expected.items())

        wait_until(are_there, PATIENCE_SECONDS)
        return self._counts_of(expected)

    def _counts_of(self, requests_: Iterable[str]) -> dict[str, int]:
        found = Counter(json.loads(line).get("request_id") for line in self.lines())
        return {request: found[request] for request in requests_}
