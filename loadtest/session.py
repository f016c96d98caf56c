"""A run from its first request to its verdict, and everything that is left behind of it."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from pathlib import Path

import pandas as pd
from locust.env import Environment

from evaluation.comment_pool import load_comments
from loadtest import console
from loadtest.completeness import count_when_settled
from loadtest.faults import FaultError, Faults
from loadtest.plots import draw_run
from loadtest.results import (
    RunData,
    summarise,
    write_summary,
    write_tables,
)
from loadtest.run import LoadRun, Outcome, RunOptions
from loadtest.sampling import Sampler, of_service
from loadtest.scenarios import Scenario
from loadtest.service import Service
from loadtest.timeline import requests_table
from loadtest.verdict import Evidence, judge
from service.machine import describe_machine
from terminal.results import new_folder, write_json


class Ending(Enum):
    """How a run ended."""

    PASSED = auto()
    FAILED = auto()
    INTERRUPTED = auto()


@dataclass(frozen=True, slots=True)
class Session:
    """A run to be made, and where it is kept: in ``results``, under ``name``."""

    scenario: Scenario
    options: RunOptions
    service: Service
    results: Path
    name: str
    draw: bool

    def hold(self) -> Ending:
        """Run, write the folder, tell the verdict, leave the service as it was found.

        Raises ``CommentsError``, ``LoadTestError`` and, when all is written, ``FaultError`` if an
        action of the scenario could not be carried out.
        """
        pool = load_comments(self.options.users.comments)
        folder = new_folder(self.results, self.name, datetime.now(UTC).astimezone())
        self._tell_start(folder)
        settings = {"scenario": asdict(self.scenario), "run": asdict(self.options)}
        write_json(folder / "settings.json", {**settings, "comments": pool.origin})
        write_json(folder / "machine.json", describe_machine(self.service.version))
        faults = Faults(self.service.instance)
        sampler = Sampler(self.service.jvm)
        try:
            run = LoadRun(self.scenario, self.options, folder, sampler, faults)
            outcome = run.run(_tell_progress)
            ending = self._conclude(folder, outcome)
        finally:
            if self.scenario.actions and self.service.version is not None:
                faults.restore(len(self.service.version.workers))
        if outcome.action_error:
            raise FaultError(outcome.action_error)
        return ending

    def _tell_start(self, folder: Path) -> None:
        port = self.options.web_port
        page = None if port is None else f"http://127.0.0.1:{port}"
        console.tell_start(self.scenario, self.service.host, folder, page)

    def _conclude(self, folder: Path, outcome: Outcome) -> Ending:
        requests = requests_table(outcome.records, outcome.started)
        write_tables(folder, requests, outcome.samples)
        evidence = self._evidence(requests, outcome)
        verdict = judge(evidence)
        started = datetime.fromtimestamp(outcome.started, UTC).astimezone()
        summary = {
            "name": self.name,
            "scenario": self.scenario.name,
            "about": self.scenario.about,
            "started": outcome.started,
            "time": started.isoformat(timespec="seconds"),
            "interrupted": outcome.interrupted,
            **summarise(evidence, verdict),
        }
        write_summary(folder, summary)
        if self.draw:
            draw_run(RunData.load(folder), folder)
        console.tell_outcome(summary, verdict)
        console.tell_folder(folder)
        if outcome.interrupted:
            return Ending.INTERRUPTED
        return Ending.PASSED if verdict.passed else Ending.FAILED

    def _evidence(self, requests: pd.DataFrame, outcome: Outcome) -> Evidence:
        log = self.service.log
        return Evidence(
            scenario=self.scenario,
            requests=requests,
            steps=outcome.steps,
            done=outcome.done,
            memory=of_service(outcome.samples),
            batch_size=self.service.batch_size,
            completeness=None if log is None else count_when_settled(requests, log),
        )


def _tell_progress(environment: Environment, seconds: float) -> None:
    runner = environment.runner
    if runner is not None:
        console.tell_progress(runner.stats.total, runner.user_count, seconds)
