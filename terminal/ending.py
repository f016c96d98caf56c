"""The end of a command that can't run or is interrupted: one line, and an exit status."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

import typer

from goemotions.errors import GoEmotionsError

FAILED: Final = 1
"""It ran, and the result is bad: a verdict "failed", a minimum missed."""
CANNOT_RUN: Final = 2
INTERRUPTED: Final = 130


@contextmanager
def ending(command: str) -> Iterator[None]:
    """Turn an error or an interrupt of ``command`` into a line on standard error and a status.

    The status is 2 if it can't run, and 130 after Ctrl-C or SIGTERM. It is a decorator too, below
    ``@app.command()``.
    """
    try:
        with _sigterm_as_ctrl_c():
            yield
    except (GoEmotionsError, OSError) as error:
        raise end(command, str(error)) from error
    except KeyboardInterrupt as interrupt:
        raise end(command, str(interrupt) or "interrupted", INTERRUPTED) from interrupt


def end(command: str, message: str, status: int = CANNOT_RUN) -> SystemExit:
    """Print the line; returns the exit to raise."""
    typer.echo(f"{command}: {message}", err=True)
    return SystemExit(status)


@contextmanager
def _sigterm_as_ctrl_c() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():  # the only one to take signals
        yield
        return

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
