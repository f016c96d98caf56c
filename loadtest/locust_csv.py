"""Locust's own CSV files: statistics, their full history, failures and exceptions."""

import csv
import time
from pathlib import Path
from typing import Final

import gevent
from locust.env import Environment
from locust.stats import StatsCSVFileWriter

from loadtest.timeline import PERCENTILES

_PREFIX: Final = "locust"


class LocustCsv(StatsCSVFileWriter):
    """Writes them once a second, and once more when all is over, so that they end with the run."""

    def __init__(self, environment: Environment, folder: Path) -> None:
        super().__init__(
            environment,
            percentiles_to_report=[percent / 100 for percent in PERCENTILES],
            base_filepath=str(folder / _PREFIX),
            full_history=True,
        )
        self._greenlet: gevent.Greenlet[..., object] | None = None

    def start(self) -> None:
        """Begin to write."""
        self._greenlet = gevent.spawn(self.stats_writer)

    def finish(self) -> None:
        """Write the last of everything."""
        if self._greenlet is not None:
            self._greenlet.kill()
        self._stats_history_data_rows(self.stats_history_csv_writer, time.time())
        self.close_files()
        base = Path(self.base_filepath)
        for name, write in (
            ("stats", self.requests_csv),
            ("failures", self.failures_csv),
            ("exceptions", self.exceptions_csv),
        ):
            with base.with_name(f"{_PREFIX}_{name}.csv").open("w", newline="") as file:
                write(csv.writer(file))
