"""What a run does, read from ``scenarios.toml`` into checked, frozen values."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Self

from goemotions.errors import GoEmotionsError

SCENARIO_FILE: Final = Path(__file__).with_name("scenarios.toml")
PLAIN: Final = "plain"
USER_CLASSES: Final = ("StressUser", "VolumeUser", "ScoresUser", "HostileUser")


class ScenarioError(GoEmotionsError):
    """A scenario that can't be run; the message names it and says what is wrong."""


class Deed(StrEnum):
    """What can be done to the service while it is under load."""

    SCALE = "scale"
    KILL_WORKER = "kill_worker"
    STOP_SERVICE = "stop_service"
    KILL_SERVICE = "kill_service"

    @property
    def ends_run(self) -> bool:
        """Whether there is nothing left to load afterwards."""
        return self in (Deed.STOP_SERVICE, Deed.KILL_SERVICE)


@dataclass(frozen=True, slots=True)
class Step:
    """So many users for so many seconds; ``rate`` users are started or stopped a second."""

    users: int
    seconds: float
    rate: float


@dataclass(frozen=True, slots=True)
class Action:
    """Something done to the service, ``at`` so many seconds after the start; 0 is before it."""

    at: float
    do: Deed
    workers: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """What must hold; a limit that is None is not checked. ``verdict.py`` says what each means."""

    max_failures: int | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    sent_share: float | None = None
    only_statuses: tuple[int, ...] | None = None
    holds_per_second: float | None = None
    recovers_within_s: float | None = None
    refusals_at_least: int | None = None
    refusal_p95_ms: float | None = None
    batches_lost: int | None = None
    scaling_up_fails_none: bool | None = None
    full_rate_within_s: float | None = None
    memory_growth_percent: float | None = None
    missing_lines: int = 0
    doubled_lines: int = 0


@dataclass(frozen=True, slots=True)
class Scenario:
    """A run: its steps, its users and what must hold at its end."""

    name: str
    about: str
    steps: tuple[Step, ...]
    mix: Mapping[str, int]
    wait_s: tuple[float, float] = (0.0, 0.0)
    arrivals: float = 0.0
    stop_over_p95_ms: float | None = None
    actions: tuple[Action, ...] = ()
    rule: Rule = field(default_factory=Rule)

    @property
    def seconds(self) -> float:
        """How long the run is."""
        return sum(step.seconds for step in self.steps)

    @property
    def users(self) -> int:
        """The users of the busiest step."""
        return max(step.users for step in self.steps)

    @property
    def is_plain(self) -> bool:
        """Whether it is no scenario of the file, but ``-u USERS -r RATE -l SECONDS``."""
        return self.name == PLAIN

    @property
    def rate(self) -> float:
        """Users started a second in the first step."""
        return self.steps[0].rate

    def scaled(
        self, users: int | None = None, rate: float | None = None, seconds: float | None = None
    ) -> Self:
        """The same scenario with so many users in its busiest step, or so long.

        ``rate`` takes the place of each step's own.
        """
        more = 1.0 if users is None else users / self.users
        longer = 1.0 if seconds is None else seconds / self.seconds
        steps = tuple(
            Step(
                users=max(1, round(step.users * more)),
                seconds=step.seconds * longer,
                rate=step.rate if rate is None else rate,
            )
            for step in self.steps
        )
        actions = tuple(replace(action, at=action.at * longer) for action in self.actions)
        return replace(self, steps=steps, actions=actions)


def load_scenarios(file: Path = SCENARIO_FILE) -> dict[str, Scenario]:
    """The scenarios of ``file``, by name. Raises ``ScenarioError`` where one is not well formed."""
    with file.open("rb") as stream:
        tables = tomllib.load(stream)
    return {name: _read_scenario(name, table) for name, table in tables.items()}


def plain_run(users: int, rate: float, seconds: float) -> Scenario:
    """``-u USERS -r RATE -l SECONDS`` and nothing else: the earlier service's script."""
    return Scenario(
        name=PLAIN,
        about="users that post random comments",
        steps=(Step(users, seconds, rate),),
        mix={"StressUser": 1},
    )


def _read_scenario(name: str, table: dict[str, Any]) -> Scenario:
    known = {entry.name for entry in fields(Scenario)} - {"name"} | {"rate"}
    if unknown := table.keys() - known:
        raise ScenarioError(f"{name}: {min(unknown)!r} is not a key of a scenario")
    rate = table.pop("rate", None)
    try:
        steps = tuple(Step(**{"rate": rate, **step}) for step in table.pop("steps"))
        actions = tuple(_read_action(action) for action in table.pop("actions", ()))
        rule = _read_rule(table.pop("rule", {}))
        least_s, most_s = map(float, table.pop("wait_s", (0.0, 0.0)))
        scenario = Scenario(
            name=name, steps=steps, actions=actions, rule=rule, wait_s=(least_s, most_s), **table
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ScenarioError(f"{name}: {error}") from error
    _check(scenario)
    return scenario


def _read_action(table: dict[str, Any]) -> Action:
    return Action(**{**table, "do": Deed(table["do"])})


def _read_rule(table: dict[str, Any]) -> Rule:
    if "only_statuses" in table:
        table["only_statuses"] = tuple(table["only_statuses"])
    return Rule(**table)


def _check(scenario: Scenario) -> None:
    if unknown := set(scenario.mix) - set(USER_CLASSES):
        raise ScenarioError(
            f"{scenario.name}: {min(unknown)!r} is no user class; {', '.join(USER_CLASSES)} are"
        )
    if not scenario.steps or any(
        step.users < 1 or step.seconds <= 0 or not step.rate or step.rate <= 0
        for step in scenario.steps
    ):
        raise ScenarioError(
            f"{scenario.name}: each step needs users, seconds and a rate, each above 0"
        )
    if late := [action for action in scenario.actions if action.at >= scenario.seconds]:
        raise ScenarioError(
            f"{scenario.name}: {late[0].do} at {late[0].at} s comes after the run's end"
        )
    if any(
        (action.do is Deed.SCALE) != (action.workers is not None) for action in scenario.actions
    ):
        raise ScenarioError(f"{scenario.name}: 'scale', and nothing else, takes workers")
