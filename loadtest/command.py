"""The command line of ``make loadtest``."""

import socket
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from goemotions.errors import GoEmotionsError
from loadtest.options import RunOptions, UserOptions, add_options, address_of, at_least, given
from loadtest.scenarios import (
    Rule,
    Scenario,
    ScenarioError,
    describe,
    load_scenarios,
    plain_run,
)
from loadtest.surroundings import forget_locust_variables, raise_file_limit
from service.instance import Instance
from terminal.ending import ending

_ABOUT = """Put the running service under load, and say whether it holds. Ends with 0 if the verdict
is "passed", 1 if it is "failed", 2 if it can't run (no service there, say), 3 if the load generator
could not keep up, 130 after Ctrl-C, with all files written."""


class PlanError(GoEmotionsError):
    """A run that can't be made from here; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A run as it was asked for. ``limits`` are the user's own, which come on top of the rule."""

    scenario: Scenario
    options: RunOptions
    limits: dict[str, Any]


def main(arguments: Sequence[str]) -> None:
    """Read ``arguments`` and do it; ends the process with the status that ``--help`` tells."""
    with ending("loadtest"):
        parsed = _parser().parse_args(arguments)
        if parsed.list:
            print(describe(load_scenarios()))
            return
        plan = make_plan(parsed)
        options = plan.options
        raise_file_limit(plan.scenario.users, max(1, options.workers + options.remote_workers))
        forget_locust_variables()
        # Locust first of all that could open a socket: it patches them, and threads, for gevent.
        # It takes seconds, and so do the others: only now that the arguments are right.
        import locust  # noqa: F401, PLC0415

        from loadtest.target import find_target  # noqa: PLC0415

        target = find_target(options, plan.scenario)

        from loadtest.session import hold  # noqa: PLC0415

        status = hold(plan.scenario, options, plan.limits, target)
    raise SystemExit(status)


def make_plan(parsed: Namespace) -> Plan:
    """The run that the command line asks for.

    Raises ``PlanError`` and ``ScenarioError`` if it can't be made, whatever service is there.
    """
    scenario = _choose(parsed)
    users = given(parsed, UserOptions)
    if "arrivals" in users:
        scenario = replace(scenario, of_capacity=None)
    scenario = replace(scenario, options=replace(scenario.options, **users))
    options = RunOptions(**given(parsed, RunOptions))
    _require_log(options)
    if options.web:
        _require_free_port(options.web_port)
    return Plan(scenario, options, given(parsed, Rule))


def _parser() -> ArgumentParser:
    parser = ArgumentParser("stress_test.py", description=_ABOUT, allow_abbrev=False)
    parser.add_argument("--list", action="store_true", help="list the scenarios and end")
    load = parser.add_argument_group("load")
    load.add_argument("--scenario", help="one of loadtest/scenarios.toml; -u and -l scale it")
    load.add_argument(
        *("-u", "--users"), type=at_least(1, int), help="users at a time (50, or the scenario's)"
    )
    load.add_argument(
        *("-r", "--rate"), type=at_least(0.01), help="users started a second (5, or the scenario's)"
    )
    load.add_argument(
        *("-l", "--seconds"), type=at_least(1, int), help="how long (30, or the scenario's)"
    )
    add_options(load, UserOptions, with_defaults=False)
    limits = parser.add_argument_group("limits", "ends with 1 if one is broken")
    add_options(limits, Rule, with_defaults=False)
    run = parser.add_argument_group("service, Locust and results")
    add_options(run, RunOptions, with_defaults=False)
    return parser


def _choose(parsed: Namespace) -> Scenario:
    if parsed.scenario is None:
        return plain_run(parsed.users or 50, parsed.rate or 5, parsed.seconds or 30)
    scenarios = load_scenarios()
    if parsed.scenario not in scenarios:
        known = ", ".join(scenarios)
        raise ScenarioError(f"there is no scenario {parsed.scenario!r}; there are {known}")
    return scenarios[parsed.scenario].scaled(parsed.users, parsed.rate, parsed.seconds)


def _require_log(options: RunOptions) -> None:
    instance = Instance.from_env()
    is_own = address_of(options.host, instance) == instance.inference_url
    if not is_own and options.completeness and options.log_dir is None:
        raise PlanError(
            f"{options.host} is not the service of INFERENCE_PORT and LOG_DIR: name the folder of "
            "its prediction log with --log-dir, or leave the log out with --no-completeness"
        )


def _require_free_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise PlanError(
                f"port {port} of the web page is taken; choose another with --web-port, or do "
                "without the page with --no-web"
            ) from error
