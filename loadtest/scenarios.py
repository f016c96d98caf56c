"""Scenarios, read from ``scenarios.toml`` into checked, frozen values."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Self

from goemotions.errors import GoEmotionsError
from loadtest.options import Option, UserOptions, at_least

SCENARIO_FILE: Final = Path(__file__).with_name("scenarios.toml")
PLAIN: Final = "plain"
USER_CLASSES: Final = ("StressUser", "VolumeUser", "ScoresUser", "HostileUser")


class ScenarioError(GoEmotionsError):
    """A scenario that can't be run; the message names it and says what is wrong."""


class Deed(StrEnum):
    """Something that can be done to the service while it is under load."""

    SCALE = "scale"
    KILL_WORKER = "kill_worker"
    STOP_SERVICE = "stop_service"
    KILL_SERVICE = "kill_service"

    @property
    def ends_run(self) -> bool:
        """Whether there is nothing left to load afterwards."""
        return self in (Deed.STOP_SERVICE, Deed.KILL_SERVICE)


class Until(StrEnum):
    """What ends a step before its time is up: the queue full for some seconds, or calm again."""

    REFUSED = "refused"
    CALM = "calm"


@dataclass(frozen=True, slots=True)
class Step:
    """So many users for so many seconds, or ``until`` something happens within that time.

    ``rate`` users are started or stopped a second.
    """

    users: int
    seconds: float
    rate: float
    until: Until | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """Something done to the service, ``at`` so many seconds after the start; 0 is before it."""

    at: float
    do: Deed
    workers: int | None = None


@dataclass(frozen=True, slots=True)
class Capacity:
    """A service under as many users as it can take at a time, each waiting for its answer.

    ``per_second`` right answers came, 95 % of all answers within ``p95_ms``; the load generator
    used ``generator_cores`` of a core for that.
    """

    per_second: float
    p95_ms: float
    generator_cores: float


@dataclass(frozen=True, slots=True)
class Rule:
    """What must hold; a limit that is None is not checked. ``verdict.py`` says what each means."""

    max_failures: Annotated[int | None, Option("failed requests at most", at_least(0, int))] = None
    p95_ms: Annotated[float | None, Option("95 %% of the answers, within ms", at_least(0))] = None
    p99_ms: Annotated[float | None, Option("99 %% of the answers, within ms", at_least(0))] = None
    sent_share: float | None = None
    only_statuses: tuple[int, ...] | None = None
    holds_of_capacity: float | None = None
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
    """A run: its steps, its users and what must hold at its end.

    With ``of_capacity`` its busiest step sends that multiple of what the service is first measured
    to answer a second.
    """

    name: str
    about: str
    steps: tuple[Step, ...]
    mix: Mapping[str, int]
    options: UserOptions = field(default_factory=UserOptions)
    of_capacity: float | None = None
    stop_over_p95_ms: float | None = None
    actions: tuple[Action, ...] = ()
    rule: Rule = field(default_factory=Rule)

    @property
    def seconds(self) -> float:
        """How long the run is, at most."""
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

        ``rate`` takes the place of each step's own. A step that ends by what happens keeps its
        time limit; ``seconds`` is the length of the others.
        """
        more = 1.0 if users is None else users / self.users
        fixed = sum(step.seconds for step in self.steps if step.until is None)
        longer = 1.0 if seconds is None else seconds / fixed
        steps = tuple(
            Step(
                users=max(1, round(step.users * more)),
                seconds=step.seconds * (longer if step.until is None else 1),
                rate=step.rate if rate is None else rate,
                until=step.until,
            )
            for step in self.steps
        )
        actions = tuple(replace(action, at=action.at * longer) for action in self.actions)
        of_capacity = None if self.of_capacity is None else self.of_capacity * more
        return replace(self, steps=steps, actions=actions, of_capacity=of_capacity)

    def at(self, capacity: Capacity) -> Self:
        """The scenario for a service of this capacity.

        A limit on latency is at least twice (for p99, four times) the p95 at that capacity, so
        that a slow machine does not break it.
        """
        arrivals = (self.of_capacity or 0.0) * capacity.per_second / self.users
        return replace(
            self,
            options=replace(self.options, arrivals=round(arrivals, 3)),
            stop_over_p95_ms=_no_less(self.stop_over_p95_ms, 2 * capacity.p95_ms),
            rule=replace(
                self.rule,
                p95_ms=_no_less(self.rule.p95_ms, 2 * capacity.p95_ms),
                p99_ms=_no_less(self.rule.p99_ms, 4 * capacity.p95_ms),
            ),
        )


def load_scenarios(file: Path = SCENARIO_FILE) -> dict[str, Scenario]:
    """The scenarios of ``file``, by name. Raises ``ScenarioError`` if one is not well formed."""
    with file.open("rb") as stream:
        tables = tomllib.load(stream)
    return {name: _read_scenario(name, table) for name, table in tables.items()}


def plain_run(users: int, rate: float, seconds: float) -> Scenario:
    """``-u USERS -r RATE -l SECONDS`` and nothing else, as with the earlier service's script."""
    return Scenario(
        name=PLAIN,
        about="users that post random comments",
        steps=(Step(users, seconds, rate),),
        mix={"StressUser": 1},
        rule=Rule(max_failures=0),
    )


def describe(scenarios: Mapping[str, Scenario]) -> str:
    """The list of ``--list``."""
    rows = [f"{'scenario':10}{'users':>6}{'seconds':>9}  about"]
    rows += [f"{s.name:10}{s.users:6,}{s.seconds:9.0f}  {s.about}" for s in scenarios.values()]
    return "\n".join(rows)


def _no_less(limit: float | None, least: float) -> float | None:
    return None if limit is None else max(limit, round(least))


def _read_scenario(name: str, table: dict[str, Any]) -> Scenario:
    known = {entry.name for entry in fields(Scenario)} - {"name"} | {"rate"}
    if unknown := table.keys() - known:
        raise ScenarioError(f"{name}: {min(unknown)!r} is not a key of a scenario")
    rate = table.pop("rate", None)
    try:
        scenario = Scenario(
            name=name,
            steps=tuple(_read_step({"rate": rate, **step}) for step in table.pop("steps")),
            options=UserOptions(**table.pop("options", {})),
            actions=tuple(_read_action(action) for action in table.pop("actions", ())),
            rule=_read_rule(table.pop("rule", {})),
            **table,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ScenarioError(f"{name}: {error}") from error
    _check(scenario)
    return scenario


def _read_step(table: dict[str, Any]) -> Step:
    return Step(**{**table, "until": Until(table["until"]) if "until" in table else None})


def _read_action(table: dict[str, Any]) -> Action:
    return Action(**{**table, "do": Deed(table["do"])})


def _read_rule(table: dict[str, Any]) -> Rule:
    if "only_statuses" in table:
        table["only_statuses"] = tuple(table["only_statuses"])
    return Rule(**table)


def _check(scenario: Scenario) -> None:
    steps, actions = scenario.steps, scenario.actions
    too_few = [s for s in steps if s.users < 1 or s.seconds <= 0 or not s.rate or s.rate <= 0]
    if unknown := set(scenario.mix) - set(USER_CLASSES):
        wrong = f"{min(unknown)!r} is no user class; {', '.join(USER_CLASSES)} are"
    elif too_few or not any(step.until is None for step in steps):
        wrong = "each step needs users, seconds and a rate, each above 0, and one a fixed time"
    elif late := [action for action in actions if action.at >= scenario.seconds]:
        wrong = f"{late[0].do} at {late[0].at} s comes after the run's end"
    elif any((action.do is Deed.SCALE) != (action.workers is not None) for action in actions):
        wrong = "'scale', and nothing else, takes workers"
    else:
        return
    raise ScenarioError(f"{scenario.name}: {wrong}")
