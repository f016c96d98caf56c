"""The command line of ``make loadtest``: runs a load, measures it, judges it, keeps the results."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer

from evaluation.comment_pool import Source
from goemotions.errors import GoEmotionsError
from loadtest import console
from loadtest.options import UserOptions
from loadtest.results import RESULTS
from loadtest.run import RunOptions
from loadtest.scenarios import Rule, Scenario, ScenarioError, load_scenarios, plain_run
from loadtest.service import find_service, require_reach
from loadtest.session import Ending, Session
from loadtest.target import require_free_port

_EXIT_CODES: Final = {Ending.PASSED: 0, Ending.FAILED: 1, Ending.INTERRUPTED: 130}
_LOAD = "Load"
_LIMITS = "Limits: exit 1 where one is broken"
_SERVICE = "The service"
_LOCUST = "Locust"


def run() -> None:
    """Parse the command line and do it."""
    typer.run(main)


def main(
    *,
    # the load
    users: Annotated[
        int | None,
        typer.Option(
            "-u",
            "--users",
            min=1,
            help="Users at a time; 50 unless a scenario says.",
            rich_help_panel=_LOAD,
        ),
    ] = None,
    rate: Annotated[
        float | None,
        typer.Option(
            "-r",
            "--rate",
            min=0.01,
            help="Users started a second; 5 unless a scenario says.",
            rich_help_panel=_LOAD,
        ),
    ] = None,
    seconds: Annotated[
        int | None,
        typer.Option(
            "-l",
            "--seconds",
            min=1,
            help="How long; 30 unless a scenario says.",
            rich_help_panel=_LOAD,
        ),
    ] = None,
    scenario: Annotated[
        str | None,
        typer.Option(
            help="One of loadtest/scenarios.toml, see --list; -u and -l scale it.",
            rich_help_panel=_LOAD,
        ),
    ] = None,
    arrivals: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="Requests a second of each user, answered or not (open load); 0: one by one.",
            rich_help_panel=_LOAD,
        ),
    ] = None,
    wait_min: Annotated[
        float | None,
        typer.Option(
            min=0, help="Seconds that a user waits at least after an answer.", rich_help_panel=_LOAD
        ),
    ] = None,
    wait_max: Annotated[
        float | None,
        typer.Option(min=0, help="Seconds that a user waits at most.", rich_help_panel=_LOAD),
    ] = None,
    comments: Annotated[
        Source,
        typer.Option(
            help="Which comments; auto: GoEmotions where GOEMOTIONS_DIR is set.",
            rich_help_panel=_LOAD,
        ),
    ] = Source.AUTO,
    seed: Annotated[
        int, typer.Option(help="What the draw of comments depends on.", rich_help_panel=_LOAD)
    ] = 1,
    # its limits
    max_failures: Annotated[
        int | None, typer.Option(min=0, help="Failed requests at most.", rich_help_panel=_LIMITS)
    ] = None,
    p95_ms: Annotated[
        float | None,
        typer.Option(min=0, help="95 % of the answers within so many ms.", rich_help_panel=_LIMITS),
    ] = None,
    p99_ms: Annotated[
        float | None,
        typer.Option(min=0, help="99 % of the answers within so many ms.", rich_help_panel=_LIMITS),
    ] = None,
    # the service
    host: Annotated[
        str | None,
        typer.Option(
            show_default="that of INFERENCE_PORT",
            help="Its inference API.",
            rich_help_panel=_SERVICE,
        ),
    ] = None,
    log_dir: Annotated[
        Path | None,
        typer.Option(
            show_default="LOG_DIR",
            help="The folder of its prediction log.",
            rich_help_panel=_SERVICE,
        ),
    ] = None,
    completeness: Annotated[
        bool,
        typer.Option(help="Count the log's lines against the answers.", rich_help_panel=_SERVICE),
    ] = True,
    # Locust
    web: Annotated[
        bool, typer.Option(help="Locust's web page, at 127.0.0.1.", rich_help_panel=_LOCUST)
    ] = True,
    web_port: Annotated[
        int, typer.Option(min=1, max=65535, help="The web page's port.", rich_help_panel=_LOCUST)
    ] = 8089,
    wait: Annotated[
        bool,
        typer.Option(
            "--wait", help="Begin at START on the web page, not at once.", rich_help_panel=_LOCUST
        ),
    ] = False,
    workers: Annotated[
        int,
        typer.Option(
            min=0,
            help="Locust worker processes on this machine; 0: all in this one.",
            rich_help_panel=_LOCUST,
        ),
    ] = 0,
    remote_workers: Annotated[
        int,
        typer.Option(
            min=0, help="Workers to wait for that are started elsewhere.", rich_help_panel=_LOCUST
        ),
    ] = 0,
    master_host: Annotated[
        str, typer.Option(help="The address that workers connect to.", rich_help_panel=_LOCUST)
    ] = "127.0.0.1",
    master_port: Annotated[
        int,
        typer.Option(
            min=0, max=65535, help="Its port; 0: any that is free.", rich_help_panel=_LOCUST
        ),
    ] = 0,
    # the results
    name: Annotated[
        str | None,
        typer.Option(show_default="the scenario's", help="The name of the results folder."),
    ] = None,
    results: Annotated[
        Path, typer.Option(show_default="loadtest/results", help="Where results folders go.")
    ] = RESULTS,
    plots: Annotated[bool, typer.Option(help="Draw the pictures.")] = True,
    list_scenarios: Annotated[
        bool, typer.Option("--list", help="List the scenarios and end.")
    ] = False,
) -> None:
    """Put the running service under load, and say whether it holds.

    Ends with 0 where the verdict is "passed", 1 where it is "failed",
    2 where it can't run (no service there, say), 130 after Ctrl-C, with all files written.
    """
    if list_scenarios:
        console.tell_scenarios(load_scenarios())
        return
    limits = {"max_failures": max_failures, "p95_ms": p95_ms, "p99_ms": p99_ms}
    try:
        chosen = _choose(scenario, users, rate, seconds)
        chosen = replace(
            chosen,
            arrivals=chosen.arrivals if arrivals is None else arrivals,
            wait_s=_waits(chosen, wait_min, wait_max),
            rule=_limited(chosen.rule, limits),
        )
        service = find_service(host, log_dir, count_log=completeness)
        require_reach(service, chosen)
        if web:
            require_free_port(web_port)
        options = RunOptions(
            host=service.host,
            users=UserOptions(seed, *chosen.wait_s, chosen.arrivals, comments, keep_records=True),
            web_port=web_port if web else None,
            wait_for_start=wait and web,
            workers=workers,
            remote_workers=remote_workers,
            master_host=master_host,
            master_port=master_port,
        )
        session = Session(chosen, options, service, results, name or chosen.name, draw=plots)
        ending = session.hold()
    except GoEmotionsError as error:
        _fail(str(error))
    raise SystemExit(_EXIT_CODES[ending])


def _choose(
    name: str | None, users: int | None, rate: float | None, seconds: int | None
) -> Scenario:
    if name is None:
        return plain_run(users or 50, rate or 5, seconds or 30)
    scenarios = load_scenarios()
    if name not in scenarios:
        raise ScenarioError(f"there is no scenario {name!r}; there are {', '.join(scenarios)}")
    return scenarios[name].scaled(users, rate, seconds)


def _waits(
    scenario: Scenario, wait_min: float | None, wait_max: float | None
) -> tuple[float, float]:
    least, most = scenario.wait_s
    least = least if wait_min is None else wait_min
    return least, max(least, most if wait_max is None else wait_max)


def _limited(rule: Rule, limits: dict[str, float | int | None]) -> Rule:
    given = {name: limit for name, limit in limits.items() if limit is not None}
    return replace(rule, **given)  # type: ignore[arg-type]  # int | float, by name


def _fail(message: str) -> NoReturn:
    console.warn(message)
    raise SystemExit(2)
