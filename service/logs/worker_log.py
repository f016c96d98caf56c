"""The reason why a worker did not load, read from what it printed."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from service.waiting import wait_until

# The pattern `line` of log4j2.xml: time, level, thread, logger, what the worker printed.
_LINE: Final = re.compile(r"\S+ \S+ +(?P<worker>\S+) MODEL_LOG - (?P<printed>.*)")
_TRACE: Final = "Traceback (most recent call last):"
# An ImportError of the handler is followed by TorchServe's search for a handler of its own.
_SECOND_ATTEMPT: Final = "No module named 'ts.torch_handler."
_PAUSE_SECONDS: Final = 0.3


class WorkerLog:
    """``model_log.log`` from now on, without what an earlier run left in it."""

    def __init__(self, log_dir: Path) -> None:
        self._file = log_dir / "model_log.log"
        self._start = self._file.stat().st_size if self._file.exists() else 0

    def failure(self, patience_seconds: float = 5.0) -> str | None:
        """The exception that ended the first worker that failed; None if there is no trace of one.

        What a worker printed reaches the log a little after the worker's end: waits until a trace
        is there and the log has stopped growing.
        """
        lines: list[str] = []

        def settled_failure() -> str | None:
            nonlocal lines
            before, lines = len(lines), self._lines()
            return find_failure(lines) if len(lines) == before else None

        return wait_until(settled_failure, patience_seconds, _PAUSE_SECONDS) or find_failure(lines)

    def _lines(self) -> list[str]:
        if not self._file.exists():
            return []
        with self._file.open("rb") as stream:
            stream.seek(self._start)
            return stream.read().decode("utf-8", errors="replace").splitlines()


def find_failure(lines: Iterable[str]) -> str | None:
    """The line of the exception that ended the first worker whose trace is in ``lines``.

    Workers print at the same time, so their lines are told apart by their threads. Of chained
    exceptions it is the last one that Python shows.
    """
    found = [match for line in lines if (match := _LINE.fullmatch(line))]
    first = next((match["worker"] for match in found if match["printed"] == _TRACE), None)
    exceptions = list(_exceptions(match["printed"] for match in found if match["worker"] == first))
    if not exceptions:
        return None
    return exceptions[0] if _SECOND_ATTEMPT in exceptions[-1] else exceptions[-1]


def _exceptions(printed: Iterable[str]) -> Iterator[str]:
    """The line after the indented lines of each trace."""
    in_trace = False
    for line in printed:
        if line == _TRACE:
            in_trace = True
        elif in_trace and not line.startswith(" "):
            in_trace = False
            yield line
