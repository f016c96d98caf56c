"""A model's description of itself, in the ``config.json`` of its folder."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from goemotions.calibration import Calibration
from goemotions.errors import ModelFolderError
from goemotions.taxonomy import SOURCE_LABELS, Taxonomy


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model's identity, its limits, and how good it was measured to be.

    ``version``      the model's own version, not that of this software.
    ``architecture`` transformers' ``model_type``, ``bert`` for example.
    ``max_tokens``   tokens of a comment that are read, ``[CLS]`` and ``[SEP]`` included.
    ``calibration``  by taxonomy: turns logits into probabilities. The file holds its coefficients,
                     under ``log_temperature``.
    ``quality``      by split (``dev``, ``test``): comments, hit_rate, standard_error and so on.
    """

    version: str
    architecture: str
    max_tokens: int
    calibration: Mapping[Taxonomy, Calibration]
    quality: Mapping[str, Mapping[str, float]]

    @classmethod
    def load(cls, config_file: Path) -> Self:
        """Read a ``config.json``.

        Raises ``FileNotFoundError`` if there is none, and ``ModelFolderError`` if its labels are
        not the 28 source labels in their order, if it has no ``model_type``, or if its section
        ``goemotions`` is incomplete.
        """
        config = json.loads(config_file.read_text(encoding="utf-8"))
        _check_labels(config, config_file)
        if not isinstance(config.get("model_type"), str):
            raise ModelFolderError(f"{config_file} names no model_type, as transformers writes it")
        try:
            section = config["goemotions"]
            return cls(
                version=str(section["version"]),
                architecture=config["model_type"],
                max_tokens=int(section["max_tokens"]),
                calibration=_read_calibration(section["log_temperature"]),
                quality=section["quality"],
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFolderError(f"{config_file}: the section goemotions: {error!r}") from error


def _check_labels(config: Mapping[str, Any], config_file: Path) -> None:
    names = config.get("id2label", {})
    labels = tuple(names.get(str(index)) for index in range(len(names)))
    if labels != SOURCE_LABELS:
        raise ModelFolderError(
            f"{config_file}: id2label must be the 28 source labels in the data set's order, "
            f"found {len(labels)} labels: {', '.join(map(str, labels))}"
        )


def _read_calibration(section: Mapping[str, Sequence[float]]) -> dict[Taxonomy, Calibration]:
    calibration = {}
    for taxonomy in Taxonomy:
        try:
            calibration[taxonomy] = Calibration.of(section[taxonomy.value])
        except ValueError as error:
            raise ValueError(f"log_temperature.{taxonomy}: {error}") from error
    return calibration
