"""The study's design: a baseline, experiments that change it, and rungs of longer training."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

from training.errors import StudyError
from training.settings import TrainingSettings

BASELINE: Final = "base"

Weights = Literal["best", "raw", "average"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """A change of the baseline, and the question that it answers.

    ``question``      the lever that it moves
    ``settings``      what differs from the settings of the baseline and of the rung
    ``compare_with``  the experiment that its difference is taken to
    ``weights``       the kind that is measured; ``best``: the one that did best on dev
    ``first_rung``    the rung that it enters without having won a place
    ``seeds``         its own; none: the rung's
    ``needs``         settings that are only known when it is run, such as the file of a teacher's
                      scores; by setting: the name that it is given by
    """

    name: str
    question: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    compare_with: str = BASELINE
    weights: Weights = "best"
    first_rung: int = 0
    seeds: tuple[int, ...] = ()
    needs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One round of successive halving: how much training each experiment gets in it.

    ``promoted``  the experiments that won a place in it in the rung before
    """

    about: str
    settings: Mapping[str, Any]
    seeds: tuple[int, ...]
    baseline_seeds: tuple[int, ...]
    promoted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """One run of an experiment, with one seed.

    ``run_of``   the experiment whose run it is: another one's if that has the same settings
    ``missing``  names of what it needs and was not given
    """

    rung: int
    experiment: Experiment
    seed: int
    settings: TrainingSettings
    run_of: str
    missing: tuple[str, ...]

    @property
    def name(self) -> str:
        """The run's folder, under that of all runs."""
        return f"rung-{self.rung}/{self.run_of}/seed-{self.seed}"

    def has_settings_of(self, recorded: Mapping[str, object]) -> bool:
        """Whether a run with the ``recorded`` settings is of this trial, whatever it was given."""
        wanted = asdict(self.settings)
        return all(
            recorded.get(name, value) == value
            for name, value in wanted.items()
            if name not in self.experiment.needs
        )


@dataclass(frozen=True, slots=True)
class Design:
    """The baseline first, then all other experiments by name; the rungs, the shortest first."""

    experiments: Mapping[str, Experiment]
    rungs: tuple[Rung, ...]

    def rung(self, number: int) -> Rung:
        """The rung of this number, from 0; raises ``StudyError``."""
        if not 0 <= number < len(self.rungs):
            raise StudyError(f"there is no rung {number}; there are 0 to {len(self.rungs) - 1}")
        return self.rungs[number]

    def trials(self, number: int, given: Mapping[str, str] | None = None) -> list[Trial]:
        """Every run of a rung, the baseline's first; ``given`` holds what they need, by its name.

        Trials with the same settings share one run. Raises ``StudyError`` and
        ``TrainingSettingsError``.
        """
        given = given or {}
        owners: dict[TrainingSettings, str] = {}
        trials = []
        for experiment in self._members(number):
            missing = tuple(name for name in experiment.needs.values() if name not in given)
            for seed in self._seeds(experiment, number):
                settings = self.settings(experiment, number, seed, given)
                # What is still missing may be all that sets it apart.
                owner = experiment.name if missing else owners.setdefault(settings, experiment.name)
                trials.append(Trial(number, experiment, seed, settings, owner, missing))
        return trials

    def settings(
        self, experiment: Experiment, rung: int, seed: int, given: Mapping[str, str]
    ) -> TrainingSettings:
        """The settings of one run; raises ``TrainingSettingsError``."""
        needed = {name: given[key] for name, key in experiment.needs.items() if key in given}
        return TrainingSettings.of(
            {
                **self.experiments[BASELINE].settings,
                **self.rung(rung).settings,
                **experiment.settings,
                **needed,
                "seed": seed,
            }
        )

    def _members(self, number: int) -> list[Experiment]:
        promoted = self.rung(number).promoted
        return [
            each
            for each in self.experiments.values()
            if each.first_rung == number or each.name == BASELINE or each.name in promoted
        ]

    def _seeds(self, experiment: Experiment, number: int) -> tuple[int, ...]:
        rung = self.rung(number)
        return experiment.seeds or (
            rung.baseline_seeds if experiment.name == BASELINE else rung.seeds
        )
