"""The record that a start leaves in the log folder, and the processes that belong to it."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, Self

import psutil

from goemotions.errors import GoEmotionsError
from service.instance import Instance

# The module that a keeper runs, and the script that a worker of TorchServe does.
KEEPER: Final = "service.keeper"
_WORKER: Final = "model_service_worker.py"


class AlreadyRunningError(GoEmotionsError):
    """The instance was started before, or another command is changing it."""


class NothingRunsError(GoEmotionsError):
    """No server that was started with this log folder is alive."""


@dataclass(frozen=True, slots=True)
class Processes:
    """The processes of an instance that are alive: TorchServe's JVM, its workers, its keepers.

    There are two keepers while one of them restarts TorchServe. This process is left out.
    """

    server: psutil.Process | None
    workers: tuple[psutil.Process, ...]
    keepers: tuple[psutil.Process, ...]

    @property
    def all(self) -> tuple[psutil.Process, ...]:
        """The server first."""
        server = (self.server,) if self.server else ()
        return (*server, *self.workers, *self.keepers)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One start. TorchServe unpacks archives and has its sockets in ``temp_dir``, which is its own.

    ``env`` holds the variables that name its instance.
    """

    temp_dir: str
    archive: str
    sha256: str
    java_version: str
    torchserve_version: str
    env: dict[str, str]

    @classmethod
    def load(cls, log_dir: Path) -> Self | None:
        """The last start with ``log_dir`` that was not stopped; None if there is none.

        Raises ``GoEmotionsError`` if its file can't be read.
        """
        file = _file(log_dir)
        try:
            content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            return cls(**content)
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as error:
            raise GoEmotionsError(
                f"{file} does not tell what runs ({error}); end that TorchServe by hand if there "
                "is one, and remove the file"
            ) from error

    @classmethod
    def load_running(cls, log_dir: Path) -> Self:
        """The start with ``log_dir`` whose server is alive; raises ``NothingRunsError``."""
        record = cls.load(log_dir)
        if record is None or record.processes().server is None:
            raise NothingRunsError(f"nothing runs (LOG_DIR={log_dir}); start it: make serve")
        return record

    def save(self, log_dir: Path) -> None:
        """Write the record into ``log_dir``."""
        file = _file(log_dir)
        file.parent.mkdir(parents=True, exist_ok=True)
        whole = file.with_suffix(".new")
        whole.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")
        whole.replace(file)

    @staticmethod
    def remove(log_dir: Path) -> None:
        """Remove the record of ``log_dir``, if there is one."""
        _file(log_dir).unlink(missing_ok=True)

    def scaled(self, workers: int) -> Self:
        """The same with another number of workers, so that a restart has as many."""
        return replace(self, env={**self.env, "WORKERS": str(workers)})

    @property
    def instance(self) -> Instance:
        """The instance as it was started."""
        return Instance.from_env(self.env)

    def processes(self) -> Processes:
        """The processes that name ``temp_dir`` or the log folder: a pid may be another's by now."""
        server, workers, keepers = None, [], []
        for process in psutil.process_iter():
            try:
                command = process.cmdline()
            except psutil.Error:  # it has ended, a zombie included, or may not be looked at
                continue
            if f"-Djava.io.tmpdir={self.temp_dir}" in command:
                server = process
            elif self._is_worker(process, command):
                workers.append(process)
            elif (
                KEEPER in command and self.env["LOG_DIR"] in command and process.pid != os.getpid()
            ):
                keepers.append(process)
        return Processes(server, tuple(workers), tuple(keepers))

    def _is_worker(self, process: psutil.Process, command: list[str]) -> bool:
        if any(part.startswith(f"{self.temp_dir}/.ts.sock.") for part in command):
            return True
        if "tcp" not in command or not any(part.endswith(_WORKER) for part in command):
            return False
        try:
            return process.environ().get("TEMP") == self.temp_dir
        except psutil.Error:  # it has ended, or is another user's
            return False


def is_alive(process: psutil.Process) -> bool:
    """Whether ``process`` still runs; a zombie does not, though it keeps its pid."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@contextmanager
def one_at_a_time(log_dir: Path) -> Iterator[None]:
    """Hold the instance of ``log_dir``; raises ``AlreadyRunningError`` if another command does."""
    lock_file = _file(log_dir).with_name("start.lock")
    lock_file.parent.mkdir(parents=True, exist_ok=True)
    with lock_file.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunningError(
                f"another start or rollout with LOG_DIR={log_dir} is under way; wait for it, or "
                "`make stop`"
            ) from error
        yield


def _file(log_dir: Path) -> Path:
    return log_dir / "run" / "instance.json"
