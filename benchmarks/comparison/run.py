"""A run: trials, rounds in which each contender has its turn, then this service's growth."""

import math
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Final

from benchmarks.comparison.growth import measure_growth
from benchmarks.comparison.plan import BenchPlan
from benchmarks.comparison.turns import take_turn, try_variant
from benchmarks.contenders.agreement import Reference
from benchmarks.contenders.contender import Contender, Role
from benchmarks.contenders.setup import Setup
from benchmarks.report.console import BenchConsole
from benchmarks.report.record import BenchRecord, DevHitRate
from goemotions.errors import GoEmotionsError

GROWTH: Final = "growth"

Order = Callable[[int, Sequence[Contender]], Iterable[Contender]]


def rotated(number: int, contenders: Sequence[Contender]) -> Iterable[Contender]:
    """Another one begins each round, so that none always follows the same one."""
    shift = (number - 1) % max(1, len(contenders))
    return (*contenders[shift:], *contenders[:shift])


@dataclass(frozen=True, slots=True)
class _Step:
    """A part of the run. ``key`` names who fails if it does; ``seconds`` is an estimate."""

    key: str
    title: str
    seconds: float
    action: Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Ground:
    """A contender's own setup, and the labels that it is to answer."""

    setup: Setup
    reference: Reference


class BenchRun:
    """One run, whose findings go into ``record``; it is saved by ``save`` after each step.

    ``order`` gives the contenders of a round, by its number from 1; one may come twice.
    """

    def __init__(
        self,
        setup: Setup,
        plan: BenchPlan,
        record: BenchRecord,
        save: Callable[[], object],
        console: BenchConsole,
        order: Order = rotated,
    ) -> None:
        self._setup = setup
        self._plan = plan
        self._record = record
        self._save = save
        self._console = console
        self._order = order
        self._grounds: dict[str, _Ground] = {}

    def go(self, contenders: Sequence[Contender], seed: int) -> bool:
        """Measure what the record does not have; returns whether time was left for all of it.

        What fails is noted, and the rest goes on. Whatever breaks it off, Ctrl-C too, what was
        found until then is saved.
        """
        at_hand = [each for each in contenders if self._is_at_hand(each)]
        for contender in at_hand:
            self._make_ready(contender)
        steps = list(self._steps(at_hand, seed))
        begun, total, done = time.monotonic(), sum(step.seconds for step in steps), 0.0
        allowed = math.inf if self._plan.minutes is None else 60 * self._plan.minutes
        self._console.estimate(min(total, allowed))
        for step in steps:
            if step.key not in self._record.failures:
                if time.monotonic() - begun + step.seconds > allowed:
                    return False
                self._console.begin(step.title, done / min(total, allowed))
                self._do(step)
            done += step.seconds
        return True

    def _steps(self, contenders: Sequence[Contender], seed: int) -> Iterator[_Step]:
        plan = self._plan
        for contender in contenders:
            if seconds := plan.trials_seconds(contender):
                title = f"variants: {contender.name}"
                yield _Step(contender.key, title, seconds, partial(self._try_out, contender))
        numbers = Counter[str]()
        for number in range(1, plan.rounds + 1):
            for contender in self._order(number, contenders):
                numbers[contender.key] += 1
                own = numbers[contender.key]
                known = self._record.turns.get((contender.key, own))
                if known is None or not known.complete:
                    title = f"round {number} of {plan.rounds}: {contender.name}"
                    turn = partial(self._turn, contender, own)
                    yield _Step(contender.key, title, plan.turn_seconds(contender, own), turn)
        if plan.growth:
            seconds = plan.growth_seconds(self._setup.cores)
            yield _Step(GROWTH, "growth of this service", seconds, partial(self._grow, seed))

    def _do(self, step: _Step) -> None:
        """Do ``step``; logs are kept if it fails."""
        try:
            step.action()
            self._forget_logs(step.key)
        except (GoEmotionsError, OSError) as error:
            self._record.failures[step.key] = str(error)
            self._console.warn(f"{step.key}: {error}")
        finally:
            self._save()

    def _try_out(self, contender: Contender) -> None:
        setup, tried = self._grounds[contender.key].setup, []
        for options in contender.variants:
            measurement = try_variant(contender, options, setup, self._plan)
            tried.append((options, measurement))
            named = ", ".join(f"{key.replace('_', ' ')} {each}" for key, each in options.items())
            self._console.tell(f"{named}: {measurement}")
        self._record.trials[contender.key] = tried

    def _turn(self, contender: Contender, number: int) -> None:
        own, options = self._grounds[contender.key], self._record.options(contender)
        told = 0
        taken = take_turn(contender, options, own.setup, self._plan, own.reference, number)
        with closing(taken) as turns:
            for turn in turns:
                self._record.turns[contender.key, number] = turn
                for measurement in turn.measurements[told:]:
                    self._console.tell(f"{measurement}; cores {measurement.busy:.0%} busy")
                told = len(turn.measurements)

    def _grow(self, seed: int) -> None:
        with closing(measure_growth(self._setup, self._plan, seed)) as found:
            for growth, line in found:
                self._record.growth = growth
                self._console.tell(line)

    def _make_ready(self, contender: Contender) -> None:
        """Find what it serves, the answers that it should give, and how good they are."""
        setup = self._setup.serving_archive(contender.archive, contender.key)
        known = {own.setup.archive: own.reference for own in self._grounds.values()}
        reference = known.get(setup.archive) or Reference.of(setup)
        self._grounds[contender.key] = _Ground(setup, reference)
        if contender.role is Role.OURS and (hit_rate := DevHitRate.of(setup.unpacked)):
            self._record.hit_rates[contender.key] = hit_rate

    def _is_at_hand(self, contender: Contender) -> bool:
        """Whether its environment is there; if it is not, that is noted."""
        environment = self._setup.environments / contender.environment
        if environment.is_dir() or not contender.environment:
            return True
        why = f"there is no environment {environment}; `make bench` makes it"
        self._record.failures[contender.key] = why
        self._console.warn(f"{contender.key}: {why}")
        return False

    def _forget_logs(self, key: str) -> None:
        shutil.rmtree(self._setup.logs / key, ignore_errors=True)
        (self._setup.logs / f"{key}.log").unlink(missing_ok=True)
