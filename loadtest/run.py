"""One run: Locust as a library, in this process or as the master of worker processes."""

import signal
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import gevent
import numpy as np
import pandas as pd
from gevent.event import Event
from locust import events
from locust.env import Environment
from locust.html import get_html_report
from locust.log import setup_logging
from locust.runners import LocalRunner, MasterRunner
from locust.stats import stats_history

from goemotions.errors import GoEmotionsError
from loadtest.faults import ActionPlan, Done, Faults
from loadtest.judging.measures import WINDOW_S, StepRun, calm_p95_ms, recovery_s
from loadtest.judging.timeline import requests_table
from loadtest.locust_setup import LastRowCsv, local_workers, make_environment
from loadtest.options import RunOptions
from loadtest.sampling import Sampler
from loadtest.scenarios import Scenario, Until
from loadtest.shapes import PlainShape, StepShape
from loadtest.traffic.records import Recorder
from loadtest.traffic.replies import RequestRecord
from service.waiting import wait_until

_CONNECT_S: Final = 60.0
_LAST_REPORTS_S: Final = 40.0
_POLL_S: Final = 0.1
_SAMPLE_EVERY_S: Final = 1.0
# Seldom enough that a run of hours still fits on some pages.
_TELL_EVERY_S: Final = 2.0
_TELLS: Final = 60
# A queue that was full is seen to be so, and to be refused from, for some seconds.
_REFUSED_S: Final = 3.0
# The answers of a calm second have come by then.
_SETTLED_S: Final = 2.0

# Told the environment and the seconds since the start, again and again.
Tell = Callable[[Environment, float], None]


class LoadTestError(GoEmotionsError):
    """A run that can't begin; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class FinishedLoad:
    """All that was recorded of a run. ``started`` is seconds since the epoch.

    ``action_error`` says which of the scenario's actions could not be carried out, if any.
    """

    started: float
    records: Sequence[RequestRecord]
    steps: tuple[StepRun, ...]
    done: tuple[Done, ...]
    samples: pd.DataFrame
    interrupted: bool
    action_error: str


class LoadRun:
    """Runs ``scenario`` against ``host``; everything that Locust writes goes to ``folder``."""

    def __init__(
        self,
        scenario: Scenario,
        options: RunOptions,
        host: str,
        folder: Path,
        sampler: Sampler,
        faults: Faults,
    ) -> None:
        setup_logging("WARNING")
        self._scenario = scenario
        self._options = options
        self._folder = folder
        self._sampler = sampler
        self._over = Event()
        self._interrupted = False
        self._actions = ActionPlan(scenario.actions, faults, self._over.set)
        shape = PlainShape if scenario.is_plain else StepShape
        self._shape = shape(
            scenario.steps,
            self._has_happened,
            self._is_too_much,
            lambda: self._actions.needs_time,
        )
        self._environment = make_environment(scenario, host, events, self._shape)
        self._recorder = Recorder(self._environment)
        self._seen = 0
        self._started = time.time()
        self._ended: float | None = None
        self._greenlets: list[gevent.Greenlet[..., object]] = []

    def run(self, tell: Tell) -> FinishedLoad:
        """Run to the end, or to Ctrl-C, or to STOP on the web page. Raises ``LoadTestError``."""
        with ExitStack() as stack:
            self._listen(stack)
            runner = self._make_runner(stack)
            csv_files = LastRowCsv(self._environment, self._folder)
            self._make_web_page(stack, runner, csv_files)
            self._await_workers(runner)
            self._actions.prepare()
            self._spawn(csv_files.stats_writer)
            self._spawn(stats_history, runner)
            self._spawn(self._tell_again_and_again, tell)
            if not (self._options.web and self._options.wait) and not self._over.is_set():
                runner.start_shape()
            self._over.wait()
            runner.stop()
            self._await_last_reports()
            self._actions.cancel()
            gevent.killall(self._greenlets)
            csv_files.close_files()
            html = get_html_report(self._environment, show_download_link=False)
            (self._folder / "report.html").write_text(html, encoding="utf-8")
        return FinishedLoad(
            started=self._started,
            records=self._recorder.records,
            steps=self._shape.step_runs(self._started, self._ended or time.time()),
            done=tuple(self._actions.done),
            samples=self._sampler.table(),
            interrupted=self._interrupted,
            action_error=self._actions.error,
        )

    def _has_happened(self, until: Until, began: float) -> bool:
        """The queue full for three seconds, or three calm seconds in a row."""
        if until is Until.REFUSED:
            first = self._recorder.first_refusal
            return first is not None and time.time() - first >= _REFUSED_S
        table = requests_table(self._recorder.records, self._started)
        calm_ms = calm_p95_ms(table, before_s=self._shape.began[1] - self._started)
        calm_s = recovery_s(table, began - self._started, calm_ms)
        return calm_s is not None and time.time() - began > calm_s + WINDOW_S + _SETTLED_S

    def _is_too_much(self) -> bool:
        """Whether answers since this was last asked were too slow, or wrong."""
        new = self._recorder.records[self._seen :]
        self._seen += len(new)
        limit_ms = self._scenario.stop_over_p95_ms
        if not new or limit_ms is None:
            return False
        p95 = float(np.percentile([record.ms for record in new], 95))
        return p95 > limit_ms or any(record.error for record in new)

    def _listen(self, stack: ExitStack) -> None:
        # By gevent, so that no user's greenlet is struck by a signal.
        for number in (signal.SIGINT, signal.SIGTERM):
            stack.callback(gevent.signal_handler(number, self._interrupt, number).cancel)
        listen = self._environment.events
        listen.test_start.add_listener(self._on_start)
        listen.test_stopping.add_listener(self._on_stopping)
        listen.test_stop.add_listener(lambda **_: self._over.set())

    def _interrupt(self, number: int) -> None:
        """Ctrl-C ends the run, with everything written; a second time, it ends at once."""
        if self._interrupted:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        self._interrupted = True
        self._over.set()

    def _make_runner(self, stack: ExitStack) -> LocalRunner | MasterRunner:
        options = self._options
        if options.workers + options.remote_workers == 0:
            runner = self._environment.create_local_runner()
            stack.callback(runner.quit)
            return runner
        master = self._environment.create_master_runner(options.master_host, options.master_port)
        stack.callback(master.quit)
        stack.enter_context(local_workers(options.workers, master.server.port, self._folder))
        return master

    def _make_web_page(
        self, stack: ExitStack, runner: LocalRunner | MasterRunner, csv_files: LastRowCsv
    ) -> None:
        web_ui = None
        if self._options.web:
            web_ui = self._environment.create_web_ui(
                host="127.0.0.1", port=self._options.web_port, stats_csv_writer=csv_files
            )
            stack.callback(web_ui.stop)
        # As Locust's own command does, so that the users prepare themselves the same way.
        self._environment.events.init.fire(
            environment=self._environment, runner=runner, web_ui=web_ui
        )

    def _await_workers(self, runner: LocalRunner | MasterRunner) -> None:
        if not isinstance(runner, MasterRunner):
            return
        wanted = self._options.workers + self._options.remote_workers
        # Those of other machines may come when they like.
        patience_s = float("inf") if self._options.remote_workers else _CONNECT_S
        clients = runner.clients
        wait_until(lambda: len(clients.ready) >= wanted or self._over.is_set(), patience_s, _POLL_S)
        if len(clients.ready) < wanted:
            raise LoadTestError(
                f"{len(clients.ready)} of {wanted} Locust workers came; "
                f"{self._folder}/workers.log may say why"
            )

    def _on_start(self, **_: object) -> None:
        self._started = time.time()
        self._spawn(self._sample_again_and_again)
        self._actions.begin()

    def _on_stopping(self, **_: object) -> None:
        self._ended = time.time()

    def _await_last_reports(self) -> None:
        """A master has the last records of its workers up to three seconds later."""
        self._recorder.expect_last_reports()
        wait_until(lambda: self._recorder.has_last_reports, _LAST_REPORTS_S, _POLL_S)

    def _sample_again_and_again(self) -> None:
        while True:
            self._sampler.sample(self._started)
            gevent.sleep(_SAMPLE_EVERY_S)

    def _tell_again_and_again(self, tell: Tell) -> None:
        while True:
            gevent.sleep(max(_TELL_EVERY_S, self._scenario.seconds / _TELLS))
            if self._shape.began:
                tell(self._environment, time.time() - self._started)

    def _spawn(self, function: Callable[..., object], *arguments: object) -> None:
        self._greenlets.append(gevent.spawn(function, *arguments))
