"""A contender that answers over HTTP, whatever runs behind it."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import psutil
import requests

from benchmarks import wrk
from benchmarks.errors import ContenderError
from benchmarks.measurement import Measurement
from benchmarks.workload import Body

_ANSWER_SECONDS: Final = 30.0
_ASKING_AT_ONCE: Final = 8  # so that what a batch mixes up shows


@dataclass(frozen=True, slots=True)
class Form:
    """How a contender is asked about a comment, and where its reply has the label."""

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
    find_processes: Callable[[], list[psutil.Process]]

    def measure(self, clients: int, seconds: int) -> Measurement:
        """As `benchmarks.contender.Running` says."""
        return wrk.load(self.url, self.bodies, clients, seconds)

    def labels(self, comments: Sequence[str]) -> list[str]:
        """As `benchmarks.contender.Running` says."""
        with ThreadPoolExecutor(_ASKING_AT_ONCE) as pool:
            return list(pool.map(self._label, comments))

    def processes(self) -> list[psutil.Process]:
        """As `benchmarks.contender.Running` says."""
        return self.find_processes()

    def _label(self, comment: str) -> str:
        try:
            reply = self._session.post(
                self.url, json=self.form.body(comment), timeout=_ANSWER_SECONDS
            )
            reply.raise_for_status()
            return self.form.label(reply.json())
        except (requests.RequestException, LookupError, TypeError) as error:
            raise ContenderError(f"{self.url} gives no label: {error!r}") from error

    @cached_property
    def _session(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False  # a proxy of the environment knows nothing of loopback
        return session
