"""How a command of benchmarks ends where it can't run, or is broken off."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

import typer

from scripts.errors import OperationError

_CANNOT_RUN: Final = 2
_INTERRUPTED: Final = 130


@contextmanager
def ending(command: str) -> Iterator[None]:
    """Turn what breaks ``command`` off into a line on standard error and an exit code.

    2 where it can't run, 130 for Ctrl-C and SIGTERM; everything is stopped and written by then.
    Needs the main thread.
    """
    try:
        with _stop_on_sigterm():
            yield
    except (OperationError, OSError) as error:
        typer.echo(f"{command}: {error}", err=True)
        raise typer.Exit(_CANNOT_RUN) from error
    except KeyboardInterrupt as interrupt:
        typer.echo(f"{command}: interrupted", err=True)
        raise typer.Exit(_INTERRUPTED) from interrupt


@contextmanager
def _stop_on_sigterm() -> Iterator[None]:
    """Turn SIGTERM into a ``KeyboardInterrupt``."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
