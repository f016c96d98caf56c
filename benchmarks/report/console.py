"""The terminal's view of a run: a line for each step, and the tables at its end."""

import os
from collections.abc import Sequence
from typing import Final

from rich.console import Console

from benchmarks.report.tables import FigureTable

_FILE_WIDTH: Final = 160  # of the tables, if there is no terminal that has one


class BenchConsole:
    """A line for each step and each measurement, warnings on standard error."""

    def __init__(self, command: str = "bench") -> None:
        self._command = command
        self._out = Console(highlight=False, soft_wrap=True, markup=False)
        if not self._out.is_terminal:
            self._out.width = _FILE_WIDTH
        self._err = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)

    def begin(self, title: str) -> None:
        """A step begins."""
        self._out.print(title)

    def tell(self, line: object) -> None:
        """A step has found something."""
        self._out.print(f"  {line}")

    def warn(self, message: str) -> None:
        """One line on standard error."""
        self._err.print(f"{self._command}: {message}", style="red")

    def warn_if_busy(self, cores: int) -> None:
        """Say so if other work takes from what is about to be measured."""
        load = os.getloadavg()[0]
        if load > cores / 2:
            self.warn(
                f"the machine is busy (load average {load:.1f} on {cores} cores), and its figures "
                "will be low for it; run this when nothing else runs"
            )

    def show(self, tables: Sequence[FigureTable], closing: str) -> None:
        """The tables of a run, and a last line."""
        for table in tables:
            self._out.print()
            self._out.print(table.as_rich())
        self._out.print()
        self._out.print(closing)
