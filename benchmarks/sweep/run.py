"""The sweep: rounds in which each setting has its turn, until the time is used up."""

import shutil
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean
from typing import Final

from benchmarks.agreement import Reference
from benchmarks.console import Progress
from benchmarks.setup import Setup
from benchmarks.sweep.findings import Findings
from benchmarks.sweep.plan import SweepPlan
from benchmarks.sweep.service import LOGS
from benchmarks.sweep.setting import COMMITTED, Setting
from benchmarks.sweep.turn import Ground, TakeTurn, Wanted, take_setting_turn
from benchmarks.sweep.variant import Variant
from goemotions.errors import GoEmotionsError

_SECONDS_A_MINUTE: Final = 60


def distinct(settings: Sequence[Setting], setup: Setup) -> dict[str, tuple[Setting, Variant]]:
    """By name, the settings that do not come to the same as one before them."""
    kept: dict[str, tuple[Setting, Variant]] = {}
    for setting in settings:
        variant = Variant.of(setting, setup)
        if all(variant != other for _, other in kept.values()):
            kept[setting.name] = (setting, variant)
    return kept


class SweepRun:
    """One run, whose turns go into ``findings`` and, after each, into ``folder``."""

    def __init__(
        self,
        setup: Setup,
        plan: SweepPlan,
        settings: dict[str, tuple[Setting, Variant]],
        findings: Findings,
        folder: Path,
        progress: Progress,
        take: TakeTurn = take_setting_turn,
    ) -> None:
        self._take_turn = take
        self._setup = setup
        self._plan = plan
        self._settings = settings
        self._findings = findings
        self._folder = folder
        self._progress = progress
        self._took: list[float] = []

    def go(self) -> bool:
        """Take the turns that are missing; returns whether time was left for all of them.

        A setting that fails is noted, and has no further turn; whatever breaks the run off, what
        was found until then is in ``folder``.
        """
        allowed = self._plan.minutes * _SECONDS_A_MINUTE
        deadline = time.monotonic() + allowed
        reference = Reference.of(self._setup)
        ground = Ground(self._setup, self._plan, reference, self._progress.tell)
        turns = list(self._missing())
        with self._progress.of(min(allowed, sum(self._expected(name) for name, _ in turns))):
            for name, number in turns:
                if name in self._findings.failures:
                    continue
                expected = self._expected(name)
                if time.monotonic() + expected > deadline:
                    return False
                self._take(name, number, ground)
                self._progress.advance(expected)
        return True

    def _missing(self) -> Iterator[tuple[str, int]]:
        """By setting and number of its turn, what was not measured yet."""
        others = [name for name in self._settings if name != COMMITTED]
        numbers = Counter[str]()
        for number in range(self._plan.rounds):
            # Another one begins each round, so that none always follows the same one, and a round
            # that the time ends early leaves out others than the one before.
            shift = number * len(others) // self._plan.rounds
            order = (*others[shift:], *others[:shift])
            half = len(order) // 2
            # Twice, since all others are compared with it.
            for name in (COMMITTED, *order[:half], COMMITTED, *order[half:]):
                numbers[name] += 1
                if not self._findings.has(name, numbers[name]):
                    yield name, numbers[name]

    def _take(self, name: str, number: int, ground: Ground) -> None:
        wanted = Wanted(name, number, self._settings[name][1], idle=self._wants_idle(name))
        self._progress.begin(f"{name}, turn {number}")
        begun = time.monotonic()
        try:
            self._findings.turns.append(self._take_turn(wanted, ground))
            shutil.rmtree(self._setup.logs / LOGS, ignore_errors=True)
        except (GoEmotionsError, OSError) as error:
            self._findings.failures[name] = str(error)
            self._progress.warn(f"{name}: {error}")
            self._keep_logs(name)
        finally:
            self._findings.save(self._folder)
        if not wanted.idle:
            self._took.append(time.monotonic() - begun)

    def _keep_logs(self, name: str) -> None:
        logs = self._setup.logs / LOGS
        if logs.is_dir():
            kept = "".join(letter if letter.isalnum() else "-" for letter in name)
            logs.replace(self._setup.logs / kept)

    def _wants_idle(self, name: str) -> bool:
        return self._settings[name][0].idle and not self._findings.knows_idle(name)

    def _expected(self, name: str) -> float:
        """About what its turn takes, in seconds: as those before it took, or by the plan."""
        idle = self._wants_idle(name)
        if not self._took:
            return self._plan.turn_seconds(idle=idle)
        return mean(self._took) + (self._plan.idle_seconds if idle else 0)
