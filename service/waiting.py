"""The one way to wait for a condition."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_until(answer: Callable[[], T], seconds: float, pause_seconds: float = 0.2) -> T:
    """Ask for ``answer`` until it is true, or for so many seconds; returns the last one.

    It is asked at least once. What it raises ends the wait.
    """
    deadline = time.monotonic() + seconds
    while not (found := answer()) and time.monotonic() < deadline:
        time.sleep(pause_seconds)
    return found
