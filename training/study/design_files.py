"""The study's design as TOML files, read and checked."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Final, TypeVar, get_args

from training.errors import StudyError, TrainingSettingsError
from training.settings import TrainingSettings
from training.study.design import BASELINE, Design, Experiment, Rung, Weights

EXPERIMENTS: Final = Path(__file__).parents[1] / "experiments"

_RUNGS: Final = "rungs"

T = TypeVar("T", Experiment, Rung)


def load_design(folder: Path = EXPERIMENTS) -> Design:
    """The experiments and rungs in ``folder``; raises ``StudyError``, which names the file."""
    files = {file.stem: file for file in sorted(folder.glob("*.toml"))}
    if missing := {BASELINE, _RUNGS} - files.keys():
        raise StudyError(f"there is no {min(missing)}.toml in {folder}; name a folder that has one")
    rungs = _read_rungs(files.pop(_RUNGS))
    names = sorted(files, key=lambda name: name != BASELINE)
    design = Design({name: _read_experiment(files[name]) for name in names}, rungs)
    for name, experiment in design.experiments.items():
        _check(experiment, design, files[name])
    for number, rung in enumerate(rungs):
        if unknown := set(rung.promoted) - files.keys():
            raise StudyError(
                f"{', '.join(sorted(unknown))} was promoted to rung {number}, but has no file in "
                f"{folder}; restore it, or take it out of {_RUNGS}.toml"
            )
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


def _read_experiment(file: Path) -> Experiment:
    return _made(Experiment, {**_read_toml(file), "name": file.stem}, str(file))


def _read_rungs(file: Path) -> tuple[Rung, ...]:
    found = _read_toml(file).get("rungs", [])
    if not found:
        raise StudyError(f"{file} has no [[rungs]]; it needs one or more")
    return tuple(_made(Rung, rung, f"{file}, rung {n}") for n, rung in enumerate(found))


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise StudyError(f"{file} can't be read: {error}") from error


def _made(kind: type[T], content: Mapping[str, Any], origin: str) -> T:
    lists = {key: tuple(value) for key, value in content.items() if isinstance(value, list)}
    try:
        return kind(**{**content, **lists})
    except TypeError as error:  # which names the key that is missing or is not known
        raise StudyError(f"{origin}: {error}") from error


def _check(experiment: Experiment, design: Design, file: Path) -> None:
    if experiment.compare_with not in design.experiments:
        raise StudyError(
            f"{file}: it compares with {experiment.compare_with!r}, which has no file; there are "
            f"{', '.join(design.experiments)}"
        )
    if experiment.weights not in get_args(Weights):
        known = ", ".join(get_args(Weights))
        raise StudyError(f"{file}: weights is {experiment.weights!r}; it must be one of {known}")
    texts = {setting.name for setting in fields(TrainingSettings) if setting.default == ""}
    if unfit := sorted(experiment.needs.keys() - texts):
        raise StudyError(f"{file}: it needs {', '.join(unfit)}, which is no setting that is a text")
    try:
        design.settings(experiment, experiment.first_rung, seed=0, given={})
    except (TrainingSettingsError, StudyError) as error:
        raise StudyError(f"{file}: {error}") from error
