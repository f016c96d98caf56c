"""A contender that answers over HTTP, whatever runs behind it."""

import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil
import requests

from benchmarks.errors import ContenderError
from benchmarks.load import wrk
from benchmarks.load.measurement import Measurement
from benchmarks.load.workload import Body
from service.loopback import loopback_session

_ANSWER_SECONDS: Final = 30.0
_ASKING_AT_ONCE: Final = 8  # so that what a batch mixes up shows


@dataclass(frozen=True, slots=True)
class Form:
    """The body that asks a contender about a comment, and the label in its reply."""

    body: Body
    label: Callable[[Any], str]


COMMENT_FORM: Final = Form(
    lambda comment: {"comment": comment}, lambda reply: str(reply["prediction"])
)


@dataclass(frozen=True)
class HttpServer:
    """A running server; ``bodies`` is the file of the request bodies that it is loaded with."""

    url: str
    form: Form
    bodies: Path
    find_processes: Callable[[], Sequence[psutil.Process]]
    _session: requests.Session = field(default_factory=loopback_session, init=False)

    def measure(self, clients: int, seconds: int) -> Measurement:
        """As ``Running`` says."""
        return wrk.load(self.url, self.bodies, clients, seconds)

    def labels(self, comments: Sequence[str]) -> list[str]:
        """As ``Running`` says."""
        with ThreadPoolExecutor(_ASKING_AT_ONCE) as pool:
            return list(pool.map(self._label, comments))

    def processes(self) -> list[psutil.Process]:
        """As ``Running`` says."""
        return list(self.find_processes())

    def _label(self, comment: str) -> str:
        try:
            body = self.form.body(comment)
            reply = self._session.post(self.url, json=body, timeout=_ANSWER_SECONDS)
            reply.raise_for_status()
            return self.form.label(reply.json())
        except (requests.RequestException, LookupError, TypeError) as error:
            raise ContenderError(f"{self.url} gives no label: {error!r}") from error


def free_ports(count: int) -> list[int]:
    """``count`` ports of the loopback address that are free now, no two alike."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
