"""Contenders that answer over HTTP, and those of them that are one program on one port."""

import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil
import requests

from archive.inputs import REPOSITORY
from benchmarks.contenders.child import ChildProgram, Command, undisturbed
from benchmarks.contenders.contender import Options, Running
from benchmarks.contenders.setup import PACKAGES, Setup
from benchmarks.errors import ContenderError
from benchmarks.load import wrk
from benchmarks.load.measurement import Measurement
from benchmarks.load.workload import Body, write_bodies
from service.loopback import loopback_session
from service.waiting import wait_until

_START_SECONDS: Final = 180.0
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
    processes: Callable[[], list[psutil.Process]]
    _session: requests.Session = field(default_factory=loopback_session, init=False)

    def measure(self, clients: int, seconds: int) -> Measurement:
        """As ``Running`` says."""
        return wrk.load(self.url, self.bodies, clients, seconds)

    def labels(self, comments: Sequence[str]) -> list[str]:
        """As ``Running`` says."""
        with ThreadPoolExecutor(_ASKING_AT_ONCE) as pool:
            return list(pool.map(self._label, comments))

    def _label(self, comment: str) -> str:
        try:
            body = self.form.body(comment)
            reply = self._session.post(self.url, json=body, timeout=_ANSWER_SECONDS)
            reply.raise_for_status()
            return self.form.label(reply.json())
        except (requests.RequestException, LookupError, TypeError) as error:
            raise ContenderError(f"{self.url} gives no label: {error!r}") from error


@dataclass(frozen=True, slots=True)
class Program:
    """A server: the command that runs it on a port, the path that predicts, and its form."""

    key: str
    command: Callable[[Setup, Options, int], Command]
    path: str
    form: Form

    @contextmanager
    def launch(self, setup: Setup, options: Options) -> Iterator[Running]:
        """Start it, come back when it has answered, and stop it at the end.

        Raises ``ContenderError`` if it ends, or gives no answer in three minutes.
        """
        (port,) = free_ports(1)
        command = self.command(setup, options, port)
        bodies = setup.folder / f"{self.key}.bodies"
        write_bodies(bodies, setup.workload.comments, self.form.body)
        child = ChildProgram(command, setup.logs / f"{self.key}.log")
        try:
            url = f"http://127.0.0.1:{port}{self.path}"
            server = HttpServer(url, self.form, bodies, child.processes)
            _wait_until_it_answers(child, server)
            yield server
        finally:
            with undisturbed():
                child.stop()


def peer_command(module: str, *arguments: str) -> Command:
    """Run a module of ``benchmarks.contenders.peers`` with this Python and these packages."""
    return Command(
        (sys.executable, "-m", f"benchmarks.contenders.peers.{module}", *arguments),
        cwd=REPOSITORY,
        env={"PYTHONPATH": PACKAGES, "HF_HUB_OFFLINE": "1"},  # everything is at hand
    )


def free_ports(count: int) -> list[int]:
    """``count`` ports of the loopback address that are free now, no two alike."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def _wait_until_it_answers(child: ChildProgram, server: HttpServer) -> None:
    wait_until(lambda: child.ended or _listens(server.url), _START_SECONDS, pause_seconds=0.1)
    if child.ended:
        raise ContenderError(f"it ended at once: {child.last_line()}")
    if not _listens(server.url):
        raise ContenderError(f"no answer after {_START_SECONDS:g} s: {child.last_line()}")
    server.labels(["I love this"])


def _listens(url: str) -> bool:
    with loopback_session() as session:
        try:
            session.get(url, timeout=_ANSWER_SECONDS)  # 405 is an answer too
        except requests.RequestException:
            return False
    return True
