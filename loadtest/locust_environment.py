"""A scenario as Locust wants it: user classes with weights, a shape, parsed options."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from locust import events
from locust.argument_parser import get_parser
from locust.env import Environment

from loadtest import users
from loadtest.options import UserOptions
from loadtest.records import Record
from loadtest.scenarios import Scenario
from loadtest.shapes import PlainShape, StepShape

# For the answers that are still to come when a run ends: a full queue takes seconds.
_STOP_TIMEOUT_S: Final = 30.0


def make_environment(
    scenario: Scenario, host: str, options: UserOptions, shape: StepShape
) -> Environment:
    """An environment without a runner; the web page shows the scenario's numbers."""
    parsed = get_parser(default_config_files=[]).parse_args(options.to_arguments())
    parsed.num_users = scenario.users
    parsed.spawn_rate = scenario.rate
    parsed.run_time = round(scenario.seconds)
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


def make_shape(
    scenario: Scenario,
    records: Callable[[], Sequence[Record]],
    needs_time: Callable[[], bool],
) -> StepShape:
    """The scenario's steps; ``records`` are read to see whether a step was too much."""
    if scenario.is_plain:
        return PlainShape(scenario.steps)
    if scenario.stop_over_p95_ms is None:
        return StepShape(scenario.steps, needs_time=needs_time)
    return StepShape(scenario.steps, _TooSlow(scenario.stop_over_p95_ms, records))


class _TooSlow:
    """Whether what was answered since the last time it was asked was too slow, or failed."""

    def __init__(self, limit_p95_ms: float, records: Callable[[], Sequence[Record]]) -> None:
        self._limit_p95_ms = limit_p95_ms
        self._records = records
        self._seen = 0

    def __call__(self) -> bool:
        new = self._records()[self._seen :]
        self._seen += len(new)
        if not new:
            return False
        p95 = float(np.percentile([record.ms for record in new], 95))
        return p95 > self._limit_p95_ms or any(record.error for record in new)
