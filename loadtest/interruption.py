"""Ctrl-C: ends the run, with everything written; a second time, ends at once."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import gevent


class Interruption:
    """Whether the run was interrupted."""

    def __init__(self, end_run: Callable[[], None]) -> None:
        self._end_run = end_run
        self.happened = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take SIGINT and SIGTERM, by gevent, so that no user's greenlet is struck by them."""
        watchers = [
            gevent.signal_handler(number, self._take, number)
            for number in (signal.SIGINT, signal.SIGTERM)
        ]
        try:
            yield
        finally:
            for watcher in watchers:
                watcher.cancel()

    def _take(self, number: int) -> None:
        if self.happened:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        self.happened = True
        self._end_run()
