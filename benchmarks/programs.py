"""Contenders that are one program on one port."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import requests

from benchmarks.child import Child, Command, undisturbed
from benchmarks.contender import Options, Running
from benchmarks.errors import ContenderError
from benchmarks.http_server import Form, HttpServer
from benchmarks.ports import free_ports
from benchmarks.setup import PACKAGES, REPOSITORY, Setup
from benchmarks.workload import write_bodies

_START_SECONDS: Final = 180.0
_PAUSE_SECONDS: Final = 0.1
_ANSWER_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Program:
    """A server: the command that runs it on a port, where it predicts, and in which form."""

    key: str
    command: Callable[[Setup, Options, int], Command]
    path: str
    form: Form

    @contextmanager
    def launch(self, setup: Setup, options: Options) -> Iterator[Running]:
        """Start it, come back when it has answered, and stop it at the end.

        Raises ``ContenderError`` where it ends, or gives no answer in three minutes.
        """
        (port,) = free_ports(1)
        command = self.command(setup, options, port)
        bodies = setup.folder / f"{self.key}.bodies"
        write_bodies(bodies, setup.workload.comments, self.form.body)
        child = Child.start(command, setup.logs / f"{self.key}.log")
        try:
            url = f"http://127.0.0.1:{port}{self.path}"
            server = HttpServer(url, self.form, bodies, child.processes)
            _wait_until_it_answers(child, server)
            yield server
        finally:
            with undisturbed():
                child.stop()


def peer_command(module: str, *arguments: str) -> Command:
    """Run ``benchmarks.peers.<module>`` with this Python and this repository's packages."""
    return Command(
        (sys.executable, "-m", f"benchmarks.peers.{module}", *arguments),
        cwd=REPOSITORY,
        env={
            "PYTHONPATH": PACKAGES,
            "HF_HUB_OFFLINE": "1",  # everything is at hand
        },
    )


def _wait_until_it_answers(child: Child, server: HttpServer) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not _listens(server.url):
        if child.ended:
            raise ContenderError(f"it ended at once: {child.last_line()}")
        if time.monotonic() > deadline:
            raise ContenderError(f"no answer after {_START_SECONDS:g} s: {child.last_line()}")
        time.sleep(_PAUSE_SECONDS)
    server.labels(["I love this"])


def _listens(url: str) -> bool:
    with requests.Session() as session:
        session.trust_env = False
        try:
            session.get(url, timeout=_ANSWER_SECONDS)  # 405 is an answer too
        except requests.RequestException:
            return False
    return True
