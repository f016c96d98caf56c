"""How many users at what time: Locust's load shapes, driven by a scenario's steps."""

import time
from collections.abc import Callable, Sequence
from itertools import pairwise

from locust import LoadTestShape

from loadtest.measures import StepRun
from loadtest.scenarios import Step


class StepShape(LoadTestShape):
    """One step after the other, until the last is over, or one turns out ``is_too_much``.

    The last one goes on for as long as something ``needs_time``.
    """

    abstract = True  # made by run.py; Locust is not to find and start it by itself

    def __init__(
        self,
        steps: Sequence[Step],
        is_too_much: Callable[[], bool] = lambda: False,
        needs_time: Callable[[], bool] = lambda: False,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._steps = steps
        self._is_too_much = is_too_much
        self._needs_time = needs_time
        self._step = -1
        self._began: list[tuple[int, float]] = []

    def tick(self) -> tuple[int, float] | None:
        """Users and users started a second; None when the run is over. Locust asks each second."""
        elapsed = self.get_run_time()  # type: ignore[no-untyped-call]
        for number, step in enumerate(self.steps):
            if elapsed < step.seconds:
                return self._enter(number, step)
            elapsed -= step.seconds
        last = self.steps[-1]
        return (last.users, last.rate) if self._needs_time() else None

    @property
    def steps(self) -> Sequence[Step]:
        """The steps, in order."""
        return self._steps

    @property
    def has_begun(self) -> bool:
        """Whether the first step has."""
        return bool(self._began)

    def step_runs(self, started: float, ended: float) -> tuple[StepRun, ...]:
        """The steps as they were run, from ``started`` to ``ended`` (seconds since the epoch)."""
        began = [*self._began, (0, ended)]
        return tuple(
            StepRun(users, round(begin - started, 2), round(end - started, 2))
            for (users, begin), (_, end) in pairwise(began)
        )

    def _enter(self, number: int, step: Step) -> tuple[int, float] | None:
        if number != self._step:
            if self._began and self._is_too_much():
                return None
            self._step = number
            self._began.append((step.users, time.time()))
        return step.users, step.rate


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
