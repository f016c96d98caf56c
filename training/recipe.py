"""The settings that made the weights, as files: what `make train` and `make train-teacher` take."""

import tomllib
from dataclasses import fields
from pathlib import Path

from training.errors import TrainingSettingsError
from training.settings import TrainingSettings


def read_recipe(file: Path) -> dict[str, str | int | float]:
    """The settings that a TOML file names, by their names.

    Raises ``TrainingSettingsError`` if there is no such file, it is not TOML, or it names what is
    no setting. Values out of their range are ``TrainingSettings``' to refuse.
    """
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TrainingSettingsError(f"the recipe {file} can't be read: {error}") from error
    known = {setting.name for setting in fields(TrainingSettings)}
    if unknown := sorted(found.keys() - known):
        raise TrainingSettingsError(
            f"the recipe {file} has {', '.join(unknown)}; settings are {', '.join(sorted(known))}"
        )
    return found
