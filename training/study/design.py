"""The study's design, read from TOML files: a baseline, experiments that change it, and rungs."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, TypeVar, get_args

from training.errors import StudyError, TrainingSettingsError
from training.settings import TrainingSettings

EXPERIMENTS: Final = Path(__file__).parents[1] / "experiments"
BASELINE: Final = "base"

Weights = Literal["best", "raw", "average"]
_RUNGS: Final = "rungs"


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
    seeds: Sequence[int] = ()
    needs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One round of successive halving: how much training each experiment gets in it.

    ``promoted``  the experiments that won a place in it in the rung before
    """

    about: str
    settings: Mapping[str, Any]
    seeds: Sequence[int]
    baseline_seeds: Sequence[int]
    promoted: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """One run of an experiment, with one seed.

    ``run_of``  the experiment whose run it is: another one's if that has the same settings
    """

    rung: int
    experiment: Experiment
    seed: int
    settings: TrainingSettings
    run_of: str

    @property
    def name(self) -> str:
        """The run's folder, under that of all runs."""
        return f"rung-{self.rung}/{self.run_of}/seed-{self.seed}"


@dataclass(frozen=True, slots=True)
class Design:
    """The baseline first, then all other experiments by name; the rungs, the shortest first."""

    experiments: Mapping[str, Experiment]
    rungs: Sequence[Rung]

    def trials(self, number: int, given: Mapping[str, str] | None = None) -> list[Trial]:
        """Every run of a rung, the baseline's first; ``given`` holds what they need, by its name.

        Trials with the same settings share one run, but for those that need something. Raises
        ``StudyError`` and ``TrainingSettingsError``.
        """
        rung = self._rung(number)
        owners: dict[TrainingSettings, str] = {}
        trials = []
        for name, each in self.experiments.items():
            if each.first_rung != number and name not in (BASELINE, *rung.promoted):
                continue
            of_rung = rung.baseline_seeds if name == BASELINE else rung.seeds
            for seed in each.seeds or of_rung:
                settings = self.settings(each, number, seed, given or {})
                owner = name if each.needs else owners.setdefault(settings, name)
                trials.append(Trial(number, each, seed, settings, owner))
        return trials

    def settings(
        self, experiment: Experiment, rung: int, seed: int, given: Mapping[str, str]
    ) -> TrainingSettings:
        """The settings of one run; raises ``StudyError`` and ``TrainingSettingsError``."""
        needed = {name: given[key] for name, key in experiment.needs.items() if key in given}
        layers = (self.experiments[BASELINE], self._rung(rung), experiment)
        chosen = {name: value for layer in layers for name, value in layer.settings.items()}
        return TrainingSettings.of({**chosen, **needed, "seed": seed})

    def _rung(self, number: int) -> Rung:
        if not 0 <= number < len(self.rungs):
            raise StudyError(f"there is no rung {number}; there are 0 to {len(self.rungs) - 1}")
        return self.rungs[number]


def load_design(folder: Path = EXPERIMENTS) -> Design:
    """The experiments and rungs in ``folder``; raises ``StudyError``, which names the file."""
    files = {file.stem: file for file in sorted(folder.glob("*.toml"))}
    if missing := {BASELINE, _RUNGS} - files.keys():
        raise StudyError(f"there is no {min(missing)}.toml in {folder}; name a folder that has one")
    rungs_file = files.pop(_RUNGS)
    rungs = [_made(Rung, rung, rungs_file) for rung in _read_toml(rungs_file).get("rungs", [])]
    names = sorted(files, key=lambda name: name != BASELINE)
    experiments = {
        name: _made(Experiment, {**_read_toml(files[name]), "name": name}, files[name])
        for name in names
    }
    design = Design(experiments, rungs)
    for name, experiment in experiments.items():
        _check(experiment, design, files[name])
    promoted = {name for rung in rungs for name in rung.promoted}
    if unknown := ", ".join(sorted(promoted - files.keys())):
        raise StudyError(f"{rungs_file}: {unknown} was promoted, but has no file in {folder}")
    return design


def read_given(texts: Sequence[str], design: Design) -> dict[str, str]:
    """What experiments need, from texts such as ``NAME=VALUE``; raises ``StudyError``."""
    needed = {key for each in design.experiments.values() for key in each.needs.values()}
    given = {}
    for text in texts:
        name, _, given[name] = text.partition("=")
        if name not in needed or not given[name]:
            raise StudyError(
                f"--set was given {text!r}; it takes NAME=VALUE of what an experiment needs: "
                f"{', '.join(sorted(needed)) or 'none needs anything'}"
            )
    return given


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise StudyError(f"{file} can't be read: {error}") from error


T = TypeVar("T", Experiment, Rung)


def _made(kind: type[T], content: Mapping[str, Any], file: Path) -> T:
    try:
        return kind(**content)
    except TypeError as error:  # which names the key that is missing or is not known
        raise StudyError(f"{file}: {error}") from error


def _check(experiment: Experiment, design: Design, file: Path) -> None:
    for wrong, value, known in (
        ("compare_with", experiment.compare_with, tuple(design.experiments)),
        ("weights", experiment.weights, get_args(Weights)),
    ):
        if value not in known:
            raise StudyError(f"{file}: {wrong} is {value!r}; it must be one of {', '.join(known)}")
    try:
        design.settings(experiment, experiment.first_rung, seed=0, given={})
    except (TrainingSettingsError, StudyError) as error:
        raise StudyError(f"{file}: {error}") from error
