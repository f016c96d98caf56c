"""Reads the study's design from TOML files, and refuses what can't be meant."""

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Final, get_args

from training.errors import TrainingSettingsError
from training.settings import TrainingSettings
from training.study.design import BASELINE, Design, Experiment, Rung, Setting, Weights
from training.study.errors import StudyError

EXPERIMENTS: Final = Path(__file__).parents[1] / "experiments"

_RUNGS_FILE: Final = "rungs.toml"
_DEFAULTS: Final[dict[str, Setting]] = asdict(TrainingSettings())


def load_design(folder: Path = EXPERIMENTS) -> Design:
    """The experiments and rungs in ``folder``; raises ``StudyError``, which names the file."""
    files = sorted(file for file in folder.glob("*.toml") if file.name != _RUNGS_FILE)
    files.sort(key=lambda file: file.stem != BASELINE)
    if not files or files[0].stem != BASELINE:
        raise StudyError(f"there is no {BASELINE}.toml in {folder}; name a folder that has one")
    experiments = {file.stem: _read_experiment(file) for file in files}
    design = Design(experiments, _read_rungs(folder / _RUNGS_FILE))
    for file in files:
        _check(experiments[file.stem], design, file)
    return design


def _read_experiment(file: Path) -> Experiment:
    content = _read_toml(file)
    _check_keys(content, Experiment, {"question"}, str(file))
    content["settings"] = _read_settings(content.get("settings", {}), str(file))
    content["seeds"] = tuple(content.get("seeds", ()))
    return Experiment(name=file.stem, **content)


def _read_rungs(file: Path) -> tuple[Rung, ...]:
    rungs = []
    for number, content in enumerate(_read_toml(file).get("rungs", [])):
        origin = f"{file}, rung {number}"
        _check_keys(content, Rung, {"about", "settings", "seeds", "baseline_seeds"}, origin)
        content["settings"] = _read_settings(content["settings"], origin)
        seeds = {name: tuple(content[name]) for name in ("seeds", "baseline_seeds")}
        rungs.append(Rung(**{**content, **seeds}))
    if not rungs:
        raise StudyError(f"{file} has no [[rungs]]; it needs one or more")
    return tuple(rungs)


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise StudyError(f"{file} can't be read: {error}") from error


def _read_settings(content: Mapping[str, object], origin: str) -> dict[str, Setting]:
    return {name: _read_setting(name, value, origin) for name, value in content.items()}


def _read_setting(name: str, value: object, origin: str) -> Setting:
    if name not in _DEFAULTS:
        known = ", ".join(_DEFAULTS)
        raise StudyError(f"{origin}: there is no setting {name!r}; known are {known}")
    kind = type(_DEFAULTS[name])
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise StudyError(f"{origin}: {name} is {value!r}; it must be of the type {kind.__name__}")
    return value


def _check_keys(content: Mapping[str, Any], kind: type, wanted: set[str], origin: str) -> None:
    known = {each.name for each in fields(kind)} - {"name"}
    if unknown := sorted(content.keys() - known):
        names = ", ".join(sorted(known))
        raise StudyError(f"{origin}: there is no key {', '.join(unknown)}; known are {names}")
    if missing := sorted(wanted - content.keys()):
        raise StudyError(f"{origin}: {', '.join(missing)} is missing")


def _check(experiment: Experiment, design: Design, file: Path) -> None:
    if experiment.compare_with not in design.experiments:
        raise StudyError(
            f"{file}: it compares with {experiment.compare_with!r}, which has no file; there are "
            f"{', '.join(design.experiments)}"
        )
    if experiment.weights not in get_args(Weights):
        known = ", ".join(get_args(Weights))
        raise StudyError(f"{file}: weights is {experiment.weights!r}; it must be one of {known}")
    for name in experiment.needs:
        if not isinstance(_DEFAULTS.get(name), str):
            raise StudyError(f"{file}: it needs {name}, which is no setting that is a text")
    try:
        design.settings(experiment, experiment.first_rung, seed=0, given={})
    except (TrainingSettingsError, StudyError) as error:
        raise StudyError(f"{file}: {error}") from error
