"""The number of users over time: Locust's load shapes, driven by a scenario's steps."""

import time
from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

from locust import LoadTestShape

from loadtest.judging.measures import StepRun
from loadtest.scenarios import Step, Until


class Watch(Protocol):
    """What a shape asks about the run so far. Times are seconds since the epoch."""

    def has_happened(self, until: Until, began: float) -> bool:
        """Whether what ends a step that began at ``began`` has happened."""

    def is_too_much(self) -> bool:
        """Whether the last step was more than the service can take."""

    def needs_time(self) -> bool:
        """Whether the last step has to go on beyond its time."""


class StepShape(LoadTestShape):
    """One step after the other, until the last is over, or one was too much."""

    abstract = True  # made by run.py; Locust is not to find and start it by itself

    def __init__(self, steps: Sequence[Step], watch: Watch) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._steps = steps
        self._watch = watch
        self._began: list[tuple[int, float]] = []

    @property
    def steps(self) -> Sequence[Step]:
        """The steps, in order."""
        return self._steps

    @property
    def began(self) -> Sequence[float]:
        """When each step so far began (seconds since the epoch)."""
        return [began for _, began in self._began]

    def tick(self) -> tuple[int, float] | None:
        """Users and users started a second; None when the run is over. Locust asks each second."""
        if self._began:
            step = self.steps[len(self._began) - 1]
            if not self._is_over(step, self._began[-1][1]):
                return step.users, step.rate
            if len(self._began) == len(self.steps):
                return (step.users, step.rate) if self._watch.needs_time() else None
            if self._watch.is_too_much():
                return None
        step = self.steps[len(self._began)]
        self._began.append((step.users, time.time()))
        return step.users, step.rate

    def step_runs(self, started: float, ended: float) -> tuple[StepRun, ...]:
        """The steps as they were run, from ``started`` to ``ended`` (seconds since the epoch)."""
        began = [*self._began, (0, ended)]
        return tuple(
            StepRun(users, round(begin - started, 2), round(end - started, 2))
            for (users, begin), (_, end) in pairwise(began)
        )

    def _is_over(self, step: Step, began: float) -> bool:
        if time.time() >= began + step.seconds:
            return True
        return step.until is not None and self._watch.has_happened(step.until, began)


class PlainShape(StepShape):
    """So many users for so long, as the options say, which the web page can change before START."""

    use_common_options = True

    @property
    def steps(self) -> Sequence[Step]:
        """The only step."""
        options = self.runner.environment.parsed_options if self.runner else None
        if options is None:
            return self._steps
        seconds = float(options.run_time or self._steps[0].seconds)
        return (Step(int(options.num_users), seconds, float(options.spawn_rate)),)
