"""A program that runs in a session of its own, so that all its processes can be found and ended."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil

from benchmarks.errors import ContenderError

_SECONDS_TO_END: Final = 20.0
_SECONDS_TO_DIE: Final = 10.0


@dataclass(frozen=True, slots=True)
class Command:
    """What to run: arguments, working folder, and variables beside those of this process."""

    arguments: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)


class ChildProgram:
    """A running program with all the processes that it started."""

    def __init__(self, command: Command, log: Path) -> None:
        """Run ``command``, whose output goes to ``log``; raises ``ContenderError``."""
        self._log = log
        with log.open("wb") as output:
            try:
                self._leader = subprocess.Popen(
                    command.arguments,
                    cwd=command.cwd,
                    env={**os.environ, **command.env},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,  # Ctrl-C is this process's to deal with
                )
            except OSError as error:
                raise ContenderError(f"{command.arguments[0]} can't be run: {error}") from error

    @property
    def ended(self) -> bool:
        """Whether the program has ended by itself."""
        return self._leader.poll() is not None

    def last_line(self) -> str:
        """The last line that it printed, with the name of the file that has the others."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return f"{lines[-1].strip() if lines else 'it printed nothing'} (see {self._log})"

    def processes(self) -> list[psutil.Process]:
        """The processes of its session that are alive, by their ids; a zombie is not."""
        return [process for process in psutil.process_iter() if self._is_own(process)]

    def stop(self) -> None:
        """Ask it to end, and kill what is left; raises ``ContenderError`` if that fails."""
        self._leader.terminate()
        try:
            self._leader.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._leader.kill()
            self._leader.wait(_SECONDS_TO_DIE)
        rest = self.processes()
        for process in rest:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(rest, timeout=_SECONDS_TO_DIE)
        if alive := [str(process.pid) for process in self.processes()]:
            raise ContenderError(f"these processes can't be ended: {', '.join(alive)}")

    def _is_own(self, process: psutil.Process) -> bool:
        try:
            same_session = os.getsid(process.pid) == self._leader.pid
            return same_session and process.status() != psutil.STATUS_ZOMBIE
        except (ProcessLookupError, PermissionError, psutil.Error):
            return False


@contextmanager
def undisturbed() -> Iterator[None]:
    """Delay Ctrl-C and SIGTERM while a contender is stopped; they take effect after it."""
    held = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, held)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, held)
