"""A run from its measurement to its verdict, and everything that is left behind of it."""

import math
import os
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from locust.env import Environment

from evaluation.comment_pool import load_comments
from loadtest.capacity import measure_capacity
from loadtest.faults import FaultError, Faults
from loadtest.judging.completeness import count_when_settled
from loadtest.judging.timeline import requests_table
from loadtest.judging.verdict import Ending, Evidence, judge
from loadtest.options import RunOptions
from loadtest.report import console
from loadtest.report.results import SUMMARY, RunData, summarise, write_tables
from loadtest.run import FinishedLoad, LoadRun
from loadtest.sampling import Sampler
from loadtest.scenarios import Capacity, Scenario
from loadtest.target import Target
from service.machine import describe_machine
from terminal.ending import FAILED, INTERRUPTED
from terminal.results import new_folder, write_json

_GENERATOR_LAGGED: Final = 3
_STATUSES: Final = {
    Ending.PASSED: 0,
    Ending.FAILED: FAILED,
    Ending.GENERATOR: _GENERATOR_LAGGED,
    Ending.INTERRUPTED: INTERRUPTED,
}
_LEAST_USERS: Final = 32
# Beyond this, a process of the load generator sends late.
_BUSY_CORES: Final = 0.7


def hold(scenario: Scenario, options: RunOptions, limits: dict[str, Any], target: Target) -> int:
    """Run, write the folder, tell the verdict, leave the service as it was found.

    Returns the exit status. Raises ``DataUnavailableError``, ``CapacityError``, ``LoadTestError``
    and, when all is written, ``FaultError`` if an action of the scenario could not be carried out.
    """
    pool = load_comments(scenario.options.comments)
    scenario, options, capacity = _measured(scenario, options, target)
    scenario = replace(scenario, rule=replace(scenario.rule, **limits))
    name = options.name or scenario.name
    folder = new_folder(options.results, name, datetime.now(UTC).astimezone())
    console.tell_start(scenario, options, target.host, folder)
    settings = {"scenario": asdict(scenario), "run": asdict(options), "comments": pool.origin}
    write_json(folder / "settings.json", settings)
    write_json(folder / "machine.json", describe_machine(target.version))
    faults = Faults(target.instance)
    try:
        sampler = Sampler(target.jvm)
        load = LoadRun(scenario, options, target.host, folder, sampler, faults).run(_tell_progress)
        ending = _conclude(folder, name, _evidence(scenario, target, load, capacity), load)
        if options.plots:
            # Matplotlib takes a second, which a run without pictures does not wait for.
            from loadtest.report.plots import draw_run  # noqa: PLC0415

            draw_run(RunData.load(folder), folder)
        console.tell_folder(folder)
    finally:
        if scenario.actions and target.workers is not None:
            faults.restore(target.workers)
    if load.action_error:
        raise FaultError(load.action_error)
    return _STATUSES[ending]


def _measured(
    scenario: Scenario, options: RunOptions, target: Target
) -> tuple[Scenario, RunOptions, Capacity | None]:
    """The scenario for what the service can do, with as many processes as its rate takes."""
    if scenario.of_capacity is None:
        return scenario, options, None
    capacity = measure_capacity(scenario, target.host, _enough_users(target))
    console.tell_capacity(capacity)
    workers = options.workers or _workers(scenario, options, capacity)
    return scenario.at(capacity), replace(options, workers=workers), capacity


def _enough_users(target: Target) -> int:
    """As many as keep each worker busy with a full batch, and have the next one ready."""
    return max(_LEAST_USERS, 2 * target.batch_size * (target.workers or 1))


def _workers(scenario: Scenario, options: RunOptions, capacity: Capacity) -> int:
    """Locust workers that the rate takes, on at most half of the cores; 0: this process will do."""
    if options.remote_workers:
        return 0
    cores = (scenario.of_capacity or 0.0) * capacity.generator_cores
    wanted = min(math.ceil(cores / _BUSY_CORES), (os.cpu_count() or 1) // 2)
    return wanted if wanted > 1 else 0


def _evidence(
    scenario: Scenario, target: Target, load: FinishedLoad, capacity: Capacity | None
) -> Evidence:
    requests = requests_table(load.records, load.started)
    return Evidence(
        scenario=scenario,
        requests=requests,
        steps=load.steps,
        done=load.done,
        samples=load.samples,
        batch_size=target.batch_size,
        completeness=None if target.log is None else count_when_settled(requests, target.log),
        capacity=capacity,
    )


def _conclude(folder: Path, name: str, evidence: Evidence, load: FinishedLoad) -> Ending:
    write_tables(folder, evidence.requests, evidence.samples)
    verdict = judge(evidence)
    started = datetime.fromtimestamp(load.started, UTC).astimezone()
    summary = {
        "name": name,
        "scenario": evidence.scenario.name,
        "about": evidence.scenario.about,
        "started": load.started,
        "time": started.isoformat(timespec="seconds"),
        "interrupted": load.interrupted,
        **summarise(evidence, verdict),
    }
    write_json(folder / SUMMARY, summary)
    console.tell_outcome(summary, verdict)
    return Ending.INTERRUPTED if load.interrupted else verdict.ending


def _tell_progress(environment: Environment, seconds: float) -> None:
    runner = environment.runner
    if runner is not None:
        console.tell_progress(runner.stats.total, runner.user_count, seconds)
