"""What an archive is made from, and whether one is still up to date."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Self

import yaml

from goemotions.encoders import EncoderKind
from goemotions.quantization import LARGEST_LOSS, Quantization
from goemotions.settings import Settings, SettingsError
from scripts.archive_plan import PlanError, Quantize, plan_archive
from scripts.checksum import sha256
from scripts.errors import OperationError
from scripts.quantization_record import read_record

REPOSITORY: Final = Path(__file__).parents[1]
HANDLER: Final = REPOSITORY / "handler"

MODEL_FILES: Final = ("config.json", "model.safetensors", "tokenizer.json")
# These files and packages turn the inputs into the archive.
_BUILDERS: Final = (
    "scripts/archive_files.py",
    "scripts/archive_inputs.py",
    "scripts/archive_plan.py",
    "scripts/build_archive.py",
    "scripts/export_onnx.py",
)
_PACKAGES: Final = ("onnx", "onnx-ir", "onnxscript", "torch", "torch-model-archiver")
# And these where it is quantised.
_QUANTISERS: Final = ("scripts/quantization_check.py", "scripts/quantize_onnx.py")
_QUANTISING_PACKAGES: Final = ("onnxruntime",)


class ModelFolderError(OperationError):
    """A model folder that an archive can't be made from."""


@dataclass(frozen=True, slots=True)
class ArchiveInputs:
    """The handler's folder, a model's, and what the model's graph is quantised to.

    ``quantize``  never ``AUTO``.
    ``recorded``  what the model folder says that it costs, where that was taken at its word.
    """

    model: Path
    quantize: Quantize
    recorded: Quantization | None = None

    @classmethod
    def find(cls, model: Path, quantize: Quantize = Quantize.AUTO) -> Self:
        """The archive's inputs with this model.

        Raises ``ModelFolderError`` for a missing file, and ``OperationError`` where a setting is
        wrong.
        """
        missing = [name for name in MODEL_FILES if not (model / name).is_file()]
        if missing:
            raise ModelFolderError(
                f"no {', '.join(missing)} in the model folder {model}; make one with `make train`, "
                "or name another: make package MODEL=folder"
            )
        if quantize is not Quantize.AUTO:
            return cls(model, quantize)
        recorded = _acceptable(model)
        if recorded is None:
            return cls(model, Quantize.NONE)
        quantised = cls(model, Quantize.INT8, recorded)
        try:
            quantised.plan()
        except PlanError:  # another backend, another architecture
            return cls(model, Quantize.NONE)
        return quantised

    def model_version(self) -> str:
        """The version that ``config.json`` gives the model; raises ``ModelFolderError``."""
        return self._read("goemotions", "version")

    def plan(self) -> frozenset[EncoderKind]:
        """The encoders that the archive is for, as ``model-config.yaml`` has the model served.

        Raises ``OperationError`` where a setting is wrong, or the model can't be served by it.
        """
        config = yaml.safe_load((HANDLER / "model-config.yaml").read_text(encoding="utf-8"))
        try:
            settings = Settings.from_mapping(config.get("handler") or {})
        except SettingsError as error:
            raise OperationError(f"handler/model-config.yaml: {error}") from error
        return plan_archive(self._read("model_type"), settings.backend, self.quantize)

    def digest(self) -> str:
        """A sum over all that an archive's bytes depend on: two alike make the same archive."""
        parts = [f"{name} {sha256(file)}" for name, file in self._files()]
        # Without "+cpu" or "+cu130", which say where a package was installed from.
        parts += [f"{package} {version(package).partition('+')[0]}" for package in self._packages()]
        parts.append(f"quantize {self.quantize}, recorded {self.recorded}")
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def _read(self, *keys: str) -> str:
        """The entry of ``config.json`` under ``keys``."""
        file = self.model / "config.json"
        try:
            entry: Any = json.loads(file.read_text(encoding="utf-8"))
            for key in keys:
                entry = entry[key]
            return str(entry)
        except (ValueError, KeyError, TypeError) as error:
            raise ModelFolderError(
                f"{file} names no {' under '.join(reversed(keys))} ({error!r}); "
                "`make train` writes it"
            ) from error

    def _packages(self) -> tuple[str, ...]:
        return _PACKAGES + (() if self.quantize is Quantize.NONE else _QUANTISING_PACKAGES)

    def _files(self) -> Iterator[tuple[str, Path]]:
        for name in MODEL_FILES:
            yield name, self.model / name
        for builder in _BUILDERS + (() if self.quantize is Quantize.NONE else _QUANTISERS):
            yield builder, REPOSITORY / builder
        for file in sorted(HANDLER.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                yield str(file.relative_to(REPOSITORY)), file


def _acceptable(model: Path) -> Quantization | None:
    """What the model folder says of its quantisation, where that costs little enough."""
    try:
        recorded = read_record(model)
    except ValueError as error:
        raise ModelFolderError(str(error)) from error
    return recorded if recorded is not None and recorded.loss <= LARGEST_LOSS else None
