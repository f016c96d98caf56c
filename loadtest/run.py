"""One run: Locust as a library, in this process or as the master of worker processes."""

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import gevent
import pandas as pd
from gevent.event import Event
from locust.env import Environment
from locust.html import get_html_report
from locust.log import setup_logging
from locust.runners import LocalRunner, MasterRunner
from locust.stats import stats_history

from goemotions.errors import GoEmotionsError
from loadtest.action_plan import ActionPlan
from loadtest.faults import Done, Faults
from loadtest.interruption import Interruption
from loadtest.local_workers import local_workers
from loadtest.locust_csv import LocustCsv
from loadtest.locust_environment import make_environment, make_shape
from loadtest.measures import StepRun
from loadtest.options import UserOptions
from loadtest.records import Record, Recorder
from loadtest.sampling import Sampler
from loadtest.scenarios import Scenario

_CONNECT_S: Final = 60.0
_LAST_REPORTS_S: Final = 40.0
_POLL_S: Final = 0.1
_SAMPLE_EVERY_S: Final = 1.0
# Seldom enough that a run of hours still fits on some pages.
_TELL_EVERY_S: Final = 2.0
_TELLS: Final = 60

# Told the environment and the seconds since the start, again and again.
Tell = Callable[[Environment, float], None]


class LoadTestError(GoEmotionsError):
    """A run that can't begin; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Where a run goes and how. No ``web_port``: no web page. No workers: users in this process.

    ``remote_workers`` are started elsewhere, by hand; the run waits for them.
    """

    host: str
    users: UserOptions
    web_port: int | None
    wait_for_start: bool = False
    workers: int = 0
    remote_workers: int = 0
    master_host: str = "127.0.0.1"
    master_port: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run. ``started`` and ``ended`` are seconds since the epoch.

    ``action_error`` says which of the scenario's actions could not be carried out, if any.
    """

    started: float
    ended: float
    records: Sequence[Record]
    steps: tuple[StepRun, ...]
    done: tuple[Done, ...]
    samples: pd.DataFrame
    interrupted: bool
    action_error: str


class LoadRun:
    """Runs a scenario against a service; everything that Locust writes goes to ``folder``."""

    def __init__(
        self,
        scenario: Scenario,
        options: RunOptions,
        folder: Path,
        sampler: Sampler,
        faults: Faults,
    ) -> None:
        setup_logging("WARNING")
        self._options = options
        self._tell_every_s = max(_TELL_EVERY_S, scenario.seconds / _TELLS)
        self._folder = folder
        self._sampler = sampler
        self._over = Event()
        self._shape = make_shape(
            scenario, lambda: self._recorder.records, lambda: self._actions.needs_time
        )
        self._environment = make_environment(scenario, options.host, options.users, self._shape)
        self._recorder = Recorder(self._environment)
        self._actions = ActionPlan(scenario.actions, faults, self._over.set)
        self._interruption = Interruption(self._over.set)
        self._started = time.time()
        self._ended: float | None = None
        self._greenlets: list[gevent.Greenlet[..., object]] = []

    def run(self, tell: Tell) -> Outcome:
        """Run to the end, or to Ctrl-C, or to STOP on the web page. Raises ``LoadTestError``."""
        with ExitStack() as stack:
            stack.enter_context(self._interruption.listening())
            runner = self._make_runner(stack)
            csv_files = LocustCsv(self._environment, self._folder)
            self._make_web_page(stack, runner, csv_files)
            self._await_workers(runner)
            self._actions.prepare()
            csv_files.start()
            self._spawn(stats_history, runner)
            self._spawn(self._tell_again_and_again, tell)
            if not (self._options.wait_for_start or self._over.is_set()):
                runner.start_shape()
            self._over.wait()
            runner.stop()
            self._await_last_reports()
            self._actions.cancel()
            gevent.killall(self._greenlets)
            csv_files.finish()
            self._write_html_report()
        return self._outcome()

    def _make_runner(self, stack: ExitStack) -> LocalRunner | MasterRunner:
        environment, options = self._environment, self._options
        environment.events.test_start.add_listener(self._on_start)
        environment.events.test_stopping.add_listener(self._on_stopping)
        environment.events.test_stop.add_listener(lambda **_: self._over.set())
        if options.workers + options.remote_workers == 0:
            runner = environment.create_local_runner()
            stack.callback(runner.quit)
            return runner
        master = environment.create_master_runner(options.master_host, options.master_port)
        stack.callback(master.quit)
        stack.enter_context(local_workers(options.workers, master.server.port, self._folder))
        return master

    def _make_web_page(
        self, stack: ExitStack, runner: LocalRunner | MasterRunner, csv_files: LocustCsv
    ) -> None:
        web_ui = None
        # The page shows our options with what Locust's own parser makes of the command line.
        sys.argv[1:] = self._options.users.to_arguments()
        if self._options.web_port is not None:
            web_ui = self._environment.create_web_ui(
                host="127.0.0.1", port=self._options.web_port, stats_csv_writer=csv_files
            )
            stack.callback(web_ui.stop)
        # As Locust's own command does, so that the users prepare themselves the same way.
        self._environment.events.init.fire(
            environment=self._environment, runner=runner, web_ui=web_ui
        )

    def _await_workers(self, runner: LocalRunner | MasterRunner) -> None:
        wanted = self._options.workers + self._options.remote_workers
        # Those of other machines may come when they like.
        deadline = time.monotonic() + (float("inf") if self._options.remote_workers else _CONNECT_S)
        while isinstance(runner, MasterRunner) and len(runner.clients.ready) < wanted:
            if self._over.is_set() or time.monotonic() > deadline:
                raise LoadTestError(
                    f"{len(runner.clients.ready)} of {wanted} Locust workers came; "
                    f"{self._folder}/worker-*.log may say why"
                )
            gevent.sleep(_POLL_S)

    def _on_start(self, **_: object) -> None:
        self._started = time.time()
        self._spawn(self._sample_again_and_again)
        self._actions.begin()

    def _on_stopping(self, **_: object) -> None:
        self._ended = time.time()

    def _await_last_reports(self) -> None:
        """A master has the last records of its workers up to three seconds later."""
        self._recorder.expect_last_reports()
        deadline = time.monotonic() + _LAST_REPORTS_S
        while not self._recorder.has_last_reports and time.monotonic() < deadline:
            gevent.sleep(_POLL_S)

    def _sample_again_and_again(self) -> None:
        while True:
            self._sampler.sample(self._started)
            gevent.sleep(_SAMPLE_EVERY_S)

    def _tell_again_and_again(self, tell: Tell) -> None:
        while True:
            gevent.sleep(self._tell_every_s)
            if self._shape.has_begun:
                tell(self._environment, time.time() - self._started)

    def _spawn(self, function: Callable[..., object], *arguments: object) -> None:
        self._greenlets.append(gevent.spawn(function, *arguments))

    def _write_html_report(self) -> None:
        html = get_html_report(self._environment, show_download_link=False)
        (self._folder / "report.html").write_text(html, encoding="utf-8")

    def _outcome(self) -> Outcome:
        ended = self._ended or time.time()
        return Outcome(
            started=self._started,
            ended=ended,
            records=self._recorder.records,
            steps=self._shape.step_runs(self._started, ended),
            done=tuple(self._actions.done),
            samples=self._sampler.table(),
            interrupted=self._interruption.happened,
            action_error=self._actions.error,
        )
