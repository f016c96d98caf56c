"""What the study consists of: a baseline, experiments that change it, rungs that they climb."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from training.settings import TrainingSettings
from training.study.errors import StudyError

BASELINE: Final = "base"

Setting = str | int | float
Weights = Literal["best", "raw", "average"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """What is tried, and what it is to answer.

    ``question``      the lever that it is a position of
    ``settings``      what differs from the baseline's settings and from the rung's
    ``compare_with``  the experiment that its difference is taken to
    ``weights``       the kind that is measured; ``best``: the one that did best on dev
    ``first_rung``    the rung that it enters without having won a place
    ``seeds``         its own; none: the rung's
    ``needs``         settings that are only known when it is run, such as the file of a teacher's
                      scores; by setting: the name that it is given by
    """

    name: str
    question: str
    settings: Mapping[str, Setting] = field(default_factory=dict)
    compare_with: str = BASELINE
    weights: Weights = "best"
    first_rung: int = 0
    seeds: tuple[int, ...] = ()
    needs: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_baseline(self) -> bool:
        """Whether the others of a rung are compared with it."""
        return self.name == BASELINE


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One round of the successive halving: how much training each experiment gets in it.

    ``keep``    so many experiments of each question may go on to the next rung
    ``margin``  standard errors that such a one must be ahead of what it is compared with;
                negative: that it may be behind
    """

    about: str
    settings: Mapping[str, Setting]
    seeds: tuple[int, ...]
    baseline_seeds: tuple[int, ...]
    keep: int = 1
    margin: float = 0.0


@dataclass(frozen=True, slots=True)
class Design:
    """The baseline first, then all other experiments by name; the rungs, the shortest first."""

    experiments: Mapping[str, Experiment]
    rungs: tuple[Rung, ...]

    @property
    def baseline(self) -> Experiment:
        """What the experiments start from."""
        return self.experiments[BASELINE]

    def rung(self, number: int) -> Rung:
        """The rung of this number, from 0; raises ``StudyError``."""
        if not 0 <= number < len(self.rungs):
            raise StudyError(f"there is no rung {number}; there are 0 to {len(self.rungs) - 1}")
        return self.rungs[number]

    def seeds(self, experiment: Experiment, rung: int) -> tuple[int, ...]:
        """The seeds that an experiment is run with, a run each."""
        by_rung = self.rung(rung)
        return experiment.seeds or (
            by_rung.baseline_seeds if experiment.is_baseline else by_rung.seeds
        )

    def settings(
        self, experiment: Experiment, rung: int, seed: int, given: Mapping[str, str]
    ) -> TrainingSettings:
        """What a run is trained with; ``given`` holds what experiments need, by its name.

        Raises ``TrainingSettingsError`` for a value out of its range.
        """
        needed = {name: given[key] for name, key in experiment.needs.items() if key in given}
        chosen = {
            **self.baseline.settings,
            **self.rung(rung).settings,
            **experiment.settings,
            **needed,
            "seed": seed,
        }
        return TrainingSettings(**chosen)  # type: ignore[arg-type]
