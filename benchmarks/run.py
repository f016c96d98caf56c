"""The run: sweeps, then rounds in which each contender has its turn, then this service's growth."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.agreement import Reference
from benchmarks.console import Progress
from benchmarks.contender import Contender, Role
from benchmarks.growth import measure_growth
from benchmarks.plan import Plan
from benchmarks.quality import quality_of
from benchmarks.record import Record
from benchmarks.results import write_figures
from benchmarks.setup import Setup
from benchmarks.turns import Turn, find_best_options, take_turn
from goemotions.errors import GoEmotionsError

GROWTH: Final = "growth"


@dataclass(frozen=True, slots=True)
class _Step:
    """A part of the run. ``key`` names who fails where it does; ``seconds`` is an estimate."""

    key: str
    title: str
    seconds: float
    action: Callable[[], None]


class Run:
    """One run, whose findings go into ``record`` and, after each step, into ``folder``."""

    def __init__(
        self, setup: Setup, plan: Plan, record: Record, folder: Path, progress: Progress
    ) -> None:
        self._setup = setup
        self._plan = plan
        self._record = record
        self._folder = folder
        self._progress = progress
        self._setups: dict[str, Setup] = {}
        self._references: dict[Path, Reference] = {}

    def go(self, seed: int) -> None:
        """Measure all there is to measure; what fails is noted, and the rest goes on.

        Whatever breaks it off, Ctrl-C too, what was found until then is in ``folder``.
        """
        contenders = [each for each in self._record.contenders if self._is_at_hand(each)]
        for contender in contenders:
            self._make_ready(contender)
        steps = list(self._steps(contenders, seed))
        with self._progress.of(sum(step.seconds for step in steps)):
            for step in steps:
                self._progress.begin(step.title)
                self._do(step)
                self._progress.advance(step.seconds)

    def _steps(self, contenders: Sequence[Contender], seed: int) -> Iterator[_Step]:
        plan = self._plan
        for contender in contenders:
            if seconds := plan.sweep_seconds(contender):
                sweep = partial(self._sweep, contender)
                yield _Step(contender.key, f"sweep: {contender.name}", seconds, sweep)
        for number in range(1, plan.rounds + 1):
            # Another one begins each round, so that none always follows the same one.
            shift = (number - 1) % max(1, len(contenders))
            for contender in (*contenders[shift:], *contenders[:shift]):
                title = f"round {number} of {plan.rounds}: {contender.name}"
                turn = partial(self._turn, contender, number)
                yield _Step(contender.key, title, plan.turn_seconds(contender), turn)
        if plan.growth:
            seconds = plan.growth_seconds(self._setup.cores)
            yield _Step(GROWTH, "growth of this service", seconds, partial(self._grow, seed))

    def _do(self, step: _Step) -> None:
        """Do ``step`` unless its contender has failed before; logs are kept where it fails now."""
        if step.key in self._record.failures:
            return
        try:
            step.action()
            self._forget_logs(step.key)
        except (GoEmotionsError, OSError) as error:
            self._record.failures[step.key] = str(error)
            self._progress.warn(f"{step.key}: {error}")
        finally:
            write_figures(self._folder, self._record, judged=self._plan.judged)

    def _sweep(self, contender: Contender) -> None:
        sweep = self._record.sweeps
        setup = self._setups[contender.key]
        best = find_best_options(contender, setup, self._plan, sweep, self._progress.tell)
        self._record.options[contender.key] = best

    def _turn(self, contender: Contender, number: int) -> None:
        options = self._record.options.get(contender.key, contender.variants[0])

        def note(turn: Turn) -> None:
            self._record.turns.append((contender.key, number, turn))

        setup = self._setups[contender.key]
        reference = self._references[setup.archive]
        take_turn(contender, options, setup, self._plan, reference, note, self._progress.tell)

    def _grow(self, seed: int) -> None:
        growth = self._record.growth
        measure_growth(self._setup, self._plan, growth, seed, self._progress.tell)

    def _make_ready(self, contender: Contender) -> None:
        """Find what it serves, how it should answer, and how good that is."""
        setup = self._setup.serving_archive(contender.archive, contender.key)
        self._setups[contender.key] = setup
        if setup.archive not in self._references:
            self._references[setup.archive] = Reference.of(setup)
        if contender.role is Role.OURS and (quality := quality_of(setup.unpacked)):
            self._record.qualities[contender.key] = quality

    def _is_at_hand(self, contender: Contender) -> bool:
        """Whether its environment is there; where it is not, that is noted."""
        environment = self._setup.environments / contender.environment
        if environment.is_dir() or not contender.environment:
            return True
        why = f"there is no environment {environment}; `make bench` makes it"
        self._record.failures[contender.key] = why
        self._progress.warn(f"{contender.key}: {why}")
        return False

    def _forget_logs(self, key: str) -> None:
        shutil.rmtree(self._setup.logs / key, ignore_errors=True)
        (self._setup.logs / f"{key}.log").unlink(missing_ok=True)
