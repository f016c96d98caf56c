"""A run: trials, rounds in which each contender has its turn, then this service's growth."""

import math
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.comparison.plan import BenchPlan
from benchmarks.comparison.turns import Reference, measure_growth, take_turn, try_variant
from benchmarks.contenders.contender import Contender, Role
from benchmarks.contenders.setup import Setup
from benchmarks.report.about import headline
from benchmarks.report.console import BenchConsole
from benchmarks.report.record import BenchRecord, DevHitRate
from benchmarks.report.results import write_figures
from benchmarks.report.tables import FigureTable
from goemotions.errors import GoEmotionsError

GROWTH: Final = "growth"

Order = Callable[[int, Sequence[Contender]], Iterable[Contender]]


def rotated(number: int, contenders: Sequence[Contender]) -> Iterable[Contender]:
    """Another one begins each round, so that none always follows the same one."""
    shift = (number - 1) % max(1, len(contenders))
    return (*contenders[shift:], *contenders[:shift])


class _Step(NamedTuple):
    """A part of the run; ``key`` names who fails if it does."""

    key: str
    title: str
    action: Callable[[], None]


class BenchRun:
    """One run, whose findings go into ``record``, and after each step into files of ``folder``.

    ``tables`` makes the tables of a record. ``order`` gives the contenders of a round, by its
    number from 1; one may come twice.
    """

    def __init__(
        self,
        setup: Setup,
        plan: BenchPlan,
        record: BenchRecord,
        folder: Path,
        tables: Callable[[BenchRecord], list[FigureTable]],
        console: BenchConsole,
        order: Order = rotated,
    ) -> None:
        self._setup = setup
        self._plan = plan
        self._record = record
        self._folder = folder
        self._tables = tables
        self._console = console
        self._order = order
        self._grounds: dict[str, tuple[Setup, Reference]] = {}

    def go(self, contenders: Sequence[Contender], seed: int) -> bool:
        """Measure what the record does not have; returns whether time was left for all of it.

        What fails is noted, and the rest goes on. Whatever breaks it off, Ctrl-C too, what was
        found until then is saved and shown.
        """
        try:
            at_hand = [each for each in contenders if self._is_at_hand(each)]
            for contender in at_hand:
                self._make_ready(contender)
            return self._do_all(list(self._steps(at_hand, seed)))
        finally:
            closing_line = f"{headline(self._record.about)}\nresults: {self._folder}"
            self._console.show(self._save(), closing_line)

    def _do_all(self, steps: Sequence[_Step]) -> bool:
        minutes = math.inf if self._plan.minutes is None else self._plan.minutes
        end = time.monotonic() + 60 * minutes
        self._console.tell(f"{len(steps)} steps; Ctrl-C stops all and keeps what was measured")
        for number, step in enumerate(steps, 1):
            if step.key not in self._record.failures:
                if time.monotonic() >= end:
                    return False
                self._console.begin(f"[{number}/{len(steps)}] {step.title}")
                self._do(step)
        return True

    def _steps(self, contenders: Sequence[Contender], seed: int) -> Iterator[_Step]:
        plan = self._plan
        for contender in contenders:
            if plan.trials and len(contender.variants) > 1:
                action = partial(self._try_out, contender)
                yield _Step(contender.key, f"variants: {contender.name}", action)
        numbers = Counter[str]()
        for number in range(1, plan.rounds + 1):
            for contender in self._order(number, contenders):
                numbers[contender.key] += 1
                own = numbers[contender.key]
                known = self._record.turns.get((contender.key, own))
                if known is None or not known.complete:
                    title = f"round {number} of {plan.rounds}: {contender.name}"
                    yield _Step(contender.key, title, partial(self._turn, contender, own))
        if plan.growth:
            yield _Step(GROWTH, "growth of this service", partial(self._grow, seed))

    def _do(self, step: _Step) -> None:
        """Do ``step``; logs are kept if it fails."""
        try:
            step.action()
            shutil.rmtree(self._setup.logs / step.key, ignore_errors=True)
            (self._setup.logs / f"{step.key}.log").unlink(missing_ok=True)
        except (GoEmotionsError, OSError) as error:
            self._note_failure(step.key, str(error))
        finally:
            self._save()

    def _try_out(self, contender: Contender) -> None:
        (setup, _), tried = self._grounds[contender.key], []
        for options in contender.variants:
            measurement = try_variant(contender, options, setup, self._plan)
            tried.append((options, measurement))
            named = ", ".join(f"{key.replace('_', ' ')} {each}" for key, each in options.items())
            self._console.tell(f"{named}: {measurement}")
        self._record.trials[contender.key] = tried

    def _turn(self, contender: Contender, number: int) -> None:
        setup, reference = self._grounds[contender.key]
        options = self._record.options(contender)
        taken = take_turn(contender, options, setup, self._plan, reference, number)
        with closing(taken) as turns:
            for turn in turns:
                self._record.turns[contender.key, number] = turn
                if turn.measurements and not turn.complete:
                    last = turn.measurements[-1]
                    self._console.tell(f"{last}; cores {last.busy:.0%} busy")

    def _grow(self, seed: int) -> None:
        with closing(measure_growth(self._setup, self._plan, seed)) as found:
            for growth, line in found:
                self._record.growth = growth
                self._console.tell(line)

    def _make_ready(self, contender: Contender) -> None:
        """Find what it serves, the answers that it should give, and how good they are."""
        setup = self._setup.serving_archive(contender.archive, contender.key)
        known = {own.archive: reference for own, reference in self._grounds.values()}
        self._grounds[contender.key] = (setup, known.get(setup.archive) or Reference.of(setup))
        if contender.role is Role.OURS and (hit_rate := DevHitRate.of(setup.unpacked)):
            self._record.hit_rates[contender.key] = hit_rate

    def _is_at_hand(self, contender: Contender) -> bool:
        """Whether its environment is there; if it is not, that is noted."""
        environment = self._setup.environments / contender.environment
        if environment.is_dir() or not contender.environment:
            return True
        why = f"there is no environment {environment}; `make bench` makes it"
        self._note_failure(contender.key, why)
        return False

    def _note_failure(self, key: str, why: str) -> None:
        self._record.failures[key] = why
        self._console.warn(f"{key}: {why}")

    def _save(self) -> list[FigureTable]:
        tables = self._tables(self._record)
        write_figures(self._folder, self._record, tables)
        return tables
