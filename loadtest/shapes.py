"""The number of users over time: Locust's load shapes, driven by a scenario's steps."""

import time
from collections.abc import Callable, Sequence
from itertools import pairwise

from locust import LoadTestShape

from loadtest.judging.measures import StepRun
from loadtest.scenarios import Step, Until


class StepShape(LoadTestShape):
    """One step after the other, until the last is over, or one was too much.

    ``has_happened`` is asked whether what ends a step that began at a time has happened,
    ``is_too_much`` whether the last step was more than the service can take, ``needs_time`` whether
    the last step has to go on beyond its time. Times are seconds since the epoch.
    """

    abstract = True  # made by run.py; Locust is not to find and start it by itself

    def __init__(
        self,
        steps: Sequence[Step],
        has_happened: Callable[[Until, float], bool],
        is_too_much: Callable[[], bool],
        needs_time: Callable[[], bool],
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._steps = steps
        self._has_happened = has_happened
        self._is_too_much = is_too_much
        self._needs_time = needs_time
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
                return (step.users, step.rate) if self._needs_time() else None
            if self._is_too_much():
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
        return step.until is not None and self._has_happened(step.until, began)


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
