"""Contenders that are one program on one port."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import requests

from archive.inputs import REPOSITORY
from benchmarks.contenders.child import ChildProgram, Command, undisturbed
from benchmarks.contenders.contender import Options, Running
from benchmarks.contenders.http_server import Form, HttpServer, free_ports
from benchmarks.contenders.setup import PACKAGES, Setup
from benchmarks.errors import ContenderError
from benchmarks.load.workload import write_bodies
from service.loopback import loopback_session
from service.waiting import wait_until

_START_SECONDS: Final = 180.0
_ANSWER_SECONDS: Final = 30.0


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
        child = ChildProgram.start(command, setup.logs / f"{self.key}.log")
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
