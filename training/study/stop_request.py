"""Ctrl-C as a wish to stop, that whoever waits for something looks at now and then."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_FIRST: Final = "Stopping: each run writes a checkpoint after its step. Again: at once."
_SECOND: Final = "Stopping at once: what was done since the last checkpoints is lost."
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequest:
    """Counts how often SIGINT, SIGTERM or SIGHUP asked to stop; ``tell`` is called each time."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.times = 0
        self._tell = tell

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take the signals inside the block, but for those that are ignored, as nohup has it.

        Needs the main thread.
        """
        before = {number: signal.getsignal(number) for number in _SIGNALS}
        taken = [number for number in _SIGNALS if before[number] is not signal.SIG_IGN]
        for number in taken:
            signal.signal(number, self._count)
        try:
            yield
        finally:
            for number in taken:
                signal.signal(number, before[number])

    def _count(self, _number: int, _frame: FrameType | None) -> None:
        self.times += 1
        self._tell(_FIRST if self.times == 1 else _SECOND)
