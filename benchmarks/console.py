"""What a run tells on the terminal while it goes on, and at its end."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress

from benchmarks.table import Table

_FILE_WIDTH: Final = 160  # of the tables, where there is no terminal that has one


class Progress:
    """A line for each measurement and, on a terminal, a bar whose length is the estimated time."""

    def __init__(self, command: str = "bench") -> None:
        self._command = command
        self._out = Console(highlight=False, soft_wrap=True)
        if not self._out.is_terminal:
            self._out.width = _FILE_WIDTH
        self._err = Console(stderr=True, highlight=False, soft_wrap=True)
        self._bar = RichProgress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:.0f} % of the estimated time,"),
            TimeElapsedColumn(),
            console=self._out,
            disable=not self._out.is_terminal,
        )
        self._task = self._bar.add_task("", total=None)

    @contextmanager
    def of(self, seconds: float) -> Iterator[None]:
        """Show a bar of an estimated ``seconds`` until the end of the context."""
        estimate = timedelta(seconds=round(seconds))
        self._out.print(f"about {estimate}; Ctrl-C stops all and keeps what was measured")
        self._bar.update(self._task, total=seconds)
        with self._bar:
            yield

    def begin(self, title: str) -> None:
        """A step begins."""
        self._bar.update(self._task, description=title)
        self._out.print(title, markup=False)

    def tell(self, line: str) -> None:
        """What a step has found."""
        self._out.print(f"  {line}", markup=False)

    def advance(self, seconds: float) -> None:
        """A step of an estimated ``seconds`` is done."""
        self._bar.advance(self._task, seconds)

    def warn(self, message: str) -> None:
        """One line on standard error."""
        self._err.print(f"{self._command}: {message}", markup=False, style="red")

    def warn_where_busy(self, cores: int) -> None:
        """Say so where other work takes from what is about to be measured."""
        load = os.getloadavg()[0]
        if load > cores / 2:
            self.warn(
                f"the machine is busy (load average {load:.1f} on {cores} cores), and its figures "
                "will be low for it; run this when nothing else runs"
            )

    def show(self, tables: Sequence[Table], closing: str) -> None:
        """The tables of a run, and a last line."""
        for table in tables:
            self._out.print()
            self._out.print(table.as_rich())
        self._out.print()
        self._out.print(closing, markup=False)
