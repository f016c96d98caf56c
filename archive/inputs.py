"""The inputs of an archive, and their digest, which tells whether the archive is up to date."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Self

import yaml

from archive.checksum import sha256
from archive.plan import PlanError, Quantize, plan_archive
from archive.quantization_cost import LARGEST_LOSS, loss_of, read_record
from goemotions.encoders.choice import EncoderKind
from goemotions.errors import ModelFolderError
from goemotions.quantization import Quantization
from goemotions.settings import Settings, SettingsError

REPOSITORY: Final = Path(__file__).parents[1]
HANDLER: Final = REPOSITORY / "handler"
ARCHIVE: Final = REPOSITORY / "archive"

MODEL_FILES: Final = ("config.json", "model.safetensors", "tokenizer.json")
# The packages that turn the inputs into the archive, together with every file of this folder.
_PACKAGES: Final = ("onnx", "onnx-ir", "onnxscript", "torch", "torch-model-archiver")
_QUANTISING_PACKAGES: Final = ("onnxruntime",)


@dataclass(frozen=True, slots=True)
class ArchiveInputs:
    """The handler's folder, a model's, and what the model's graph is quantised to.

    ``quantize``  never ``AUTO``.
    ``recorded``  the cost of int8 as the model folder records it, if that decided for int8.
    """

    model: Path
    quantize: Quantize
    recorded: Quantization | None = None

    @classmethod
    def find(cls, model: Path, quantize: Quantize = Quantize.AUTO) -> Self:
        """The archive's inputs with this model.

        Raises ``ModelFolderError`` for a missing file, and ``GoEmotionsError`` for a wrong setting.
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

    @property
    def needs_comparison(self) -> bool:
        """Whether int8 has to be compared with float32 before it may be served."""
        return self.quantize is Quantize.INT8 and self.recorded is None

    def model_version(self) -> str:
        """The version that ``config.json`` gives the model; raises ``ModelFolderError``."""
        return self._read("goemotions", "version")

    def plan(self) -> frozenset[EncoderKind]:
        """The encoders that the archive is for, as ``model-config.yaml`` has the model served.

        Raises ``GoEmotionsError`` if a setting is wrong, or the model can't be served by it.
        """
        config = yaml.safe_load((HANDLER / "model-config.yaml").read_text(encoding="utf-8"))
        try:
            settings = Settings.from_mapping(config.get("handler") or {})
        except SettingsError as error:
            raise SettingsError(f"handler/model-config.yaml: {error}") from error
        return plan_archive(self._read("model_type"), settings.backend, self.quantize)

    def digest(self) -> str:
        """A sum over all that an archive's bytes depend on: equal digests, equal archives."""
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
        for folder in (ARCHIVE, HANDLER):
            for file in sorted(folder.rglob("*")):
                if file.is_file() and "__pycache__" not in file.parts:
                    yield str(file.relative_to(REPOSITORY)), file


def _acceptable(model: Path) -> Quantization | None:
    """The cost of int8 that the model folder records, if it is low enough."""
    recorded = read_record(model)
    return recorded if recorded is not None and loss_of(recorded) <= LARGEST_LOSS else None
