"""One training run as a process of its own, with its log."""

import fcntl
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from training.study.errors import StudyError
from training.study.trials import Trial

LOG_FILE: Final = "train.log"
STOPPED: Final = 130  # how training ends where it was asked to stop, with a checkpoint

_TAIL_BYTES: Final = 8192
_ESCAPES: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
# The training bar, of which the library's bars of other things differ by a name before it.
_BAR: Final = re.compile(r"^ *\d+%\|.*\| *(\d+)/(\d+) \[[\d:]+<([\d:?]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Headway:
    """How far a run is: the step that it is at, of all, and what is left as it estimates it."""

    step: int
    steps: int
    left: str


class Child:
    """A training process; it is asked to stop once at most, as a second time ends it at once."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self._process = process
        self._log = log
        self._asked = False

    @classmethod
    def start(cls, trial: Trial, runs: Path, threads: int) -> Self:
        """Train ``trial`` under ``runs``; raises ``StudyError`` where it is being trained already.

        The log is added to, so that what a resumed run wrote before is kept.
        """
        run = runs / trial.name
        run.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, *trial.command(runs)[1:]]
        with (run / LOG_FILE).open("ab") as log:
            try:
                # The child inherits the lock with the file: it holds as long as the child lives,
                # even where this process is killed and another one queues the same run.
                fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise StudyError("another process is training this run; wait for it") from error
            log.write(f"$ {shlex.join(trial.command(runs))}\n".encode())
            log.flush()
            process = subprocess.Popen(
                command,
                env={**os.environ, **_threads(threads)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is this process's to deal with
            )
        return cls(process, run / LOG_FILE)

    def poll(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._process.poll()

    def stop(self) -> None:
        """Ask it to stop after its step, with a checkpoint."""
        if not self._asked:
            self._asked = True
            self._process.terminate()

    @property
    def asked_to_stop(self) -> bool:
        """Whether ``stop`` was called."""
        return self._asked

    def kill(self) -> None:
        """End it at once; what it did since its last checkpoint is lost."""
        self._process.kill()

    def wait(self) -> int:
        """Wait for its end; returns the exit code."""
        return self._process.wait()

    def headway(self) -> Headway | None:
        """How far it is, by its log; None before its first step."""
        bars = _BAR.findall(self._tail())
        return Headway(int(bars[-1][0]), int(bars[-1][1]), bars[-1][2]) if bars else None

    def last_line(self) -> str:
        """The last line of its log, which after a failure says what was wrong."""
        lines = [line.strip() for line in self._tail().splitlines()]
        return next((line for line in reversed(lines) if line), "it printed nothing")

    def _tail(self) -> str:
        with self._log.open("rb") as log:
            log.seek(max(0, self._log.stat().st_size - _TAIL_BYTES))
            text = log.read().decode("utf-8", errors="replace")
        return _ESCAPES.sub("", text).replace("\r", "\n")


def _threads(threads: int) -> Mapping[str, str]:
    return {name: str(threads) for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS")}
