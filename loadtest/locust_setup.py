"""Locust's parts, set up for a scenario: the environment, the worker processes, the CSV files."""

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psutil
from locust.argument_parser import get_parser
from locust.env import Environment
from locust.event import Events
from locust.shape import LoadTestShape
from locust.stats import StatsCSVFileWriter

from loadtest.judging.timeline import PERCENTILES
from loadtest.options import UserOptions
from loadtest.scenarios import Scenario
from loadtest.traffic import users

# For the answers that are still to come when a run ends: a full queue takes seconds.
_STOP_TIMEOUT_S: Final = 30.0
_LOCUSTFILE: Final = Path(__file__).with_name("locustfile.py")
_WORKER: Final = Path(__file__).with_name("locust_worker.py")
_END_S: Final = 10.0


def make_environment(
    scenario: Scenario, host: str, events: Events, shape: LoadTestShape | None = None
) -> Environment:
    """An environment without a runner; the web page shows the scenario's numbers."""
    # The page shows our options with what Locust's own parser makes of the command line.
    sys.argv[1:] = _arguments(scenario.options)
    parsed = get_parser(default_config_files=[]).parse_args(sys.argv[1:])
    parsed.num_users = scenario.users
    parsed.spawn_rate = scenario.rate
    parsed.run_time = round(scenario.seconds)
    parsed.keep_records = True
    user_classes = []
    for name, weight in scenario.mix.items():
        user_class = getattr(users, name)
        user_class.weight = weight
        user_classes.append(user_class)
    return Environment(
        user_classes=user_classes,
        shape_class=shape,
        events=events,
        locustfile=scenario.name,
        host=host,
        stop_timeout=_STOP_TIMEOUT_S,
        parsed_options=parsed,
    )


def _arguments(options: UserOptions) -> list[str]:
    names = ("arrivals", "wait_min", "wait_max", "comments", "seed")
    return [f"--{name.replace('_', '-')}={getattr(options, name)}" for name in names]


@contextmanager
def local_workers(count: int, master_port: int, folder: Path) -> Iterator[None]:
    """Run ``count`` workers for the master at ``master_port``; they log into ``folder``."""
    if count == 0:
        yield
        return
    command = [
        *(sys.executable, str(_WORKER), "--locustfile", str(_LOCUSTFILE), "--worker"),
        *("--processes", str(count), "--loglevel", "WARNING"),
        *("--master-host", "127.0.0.1", "--master-port", str(master_port)),
    ]
    with (folder / "workers.log").open("wb") as log:
        # In a session of its own, so that Ctrl-C reaches the master alone, which then lets them
        # finish what they have under way.
        parent = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield
    finally:
        _end(parent)


def _end(parent: subprocess.Popen[bytes]) -> None:
    """End the workers of ``parent``, which then ends too.

    By a signal: Locust's master can't tell a worker to quit in the half minute after a stop.
    """
    if parent.poll() is None:
        own = psutil.Process(parent.pid)
        for process in own.children() or [own]:
            process.terminate()
    try:
        parent.wait(_END_S)
    except subprocess.TimeoutExpired:
        os.killpg(parent.pid, signal.SIGKILL)
        parent.wait()


class LastRowCsv(StatsCSVFileWriter):
    """Locust's own CSV files, with the full history, that end with the run's last second."""

    def __init__(self, environment: Environment, folder: Path) -> None:
        shares = [percent / 100 for percent in PERCENTILES]
        super().__init__(environment, shares, str(folder / "locust"), full_history=True)

    def close_files(self) -> None:
        """Write the last of everything, which Locust's writer leaves out, and close."""
        self._stats_history_data_rows(self.stats_history_csv_writer, time.time())
        super().close_files()
        for name, write in (
            ("stats", self.requests_csv),
            ("failures", self.failures_csv),
            ("exceptions", self.exceptions_csv),
        ):
            with Path(f"{self.base_filepath}_{name}.csv").open("w", newline="") as file:
                write(csv.writer(file))
