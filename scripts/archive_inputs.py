"""What an archive is made from, and whether one is still up to date."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Self

from scripts.checksum import sha256
from scripts.errors import OperationError

REPOSITORY: Final = Path(__file__).parents[1]
HANDLER: Final = REPOSITORY / "handler"

MODEL_FILES: Final = ("config.json", "model.safetensors", "tokenizer.json")
# These files and packages turn the inputs into the archive.
_BUILDERS: Final = (
    "scripts/archive_inputs.py",
    "scripts/build_archive.py",
    "scripts/export_onnx.py",
)
_PACKAGES: Final = ("onnx", "onnx-ir", "onnxscript", "torch", "torch-model-archiver")


class ModelFolderError(OperationError):
    """A model folder that an archive can't be made from."""


@dataclass(frozen=True, slots=True)
class ArchiveInputs:
    """The handler's folder, and a model's."""

    model: Path

    @classmethod
    def find(cls, model: Path) -> Self:
        """The archive's inputs with this model; raises ``ModelFolderError`` for a missing file."""
        missing = [name for name in MODEL_FILES if not (model / name).is_file()]
        if missing:
            raise ModelFolderError(
                f"no {', '.join(missing)} in the model folder {model}; make one with `make train`, "
                "or name another: make package MODEL=folder"
            )
        return cls(model)

    def model_version(self) -> str:
        """The version that ``config.json`` gives the model; raises ``ModelFolderError``."""
        file = self.model / "config.json"
        try:
            config: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            return str(config["goemotions"]["version"])
        except (ValueError, KeyError, TypeError) as error:
            raise ModelFolderError(
                f"{file} names no version under goemotions ({error!r}); `make train` writes it"
            ) from error

    def digest(self) -> str:
        """A sum over all that an archive's bytes depend on: two alike make the same archive."""
        parts = [f"{name} {sha256(file)}" for name, file in self._files()]
        # Without "+cpu" or "+cu130", which say where a package was installed from.
        parts += [f"{package} {version(package).partition('+')[0]}" for package in _PACKAGES]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def _files(self) -> Iterator[tuple[str, Path]]:
        for name in MODEL_FILES:
            yield name, self.model / name
        for builder in _BUILDERS:
            yield builder, REPOSITORY / builder
        for file in sorted(HANDLER.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                yield str(file.relative_to(REPOSITORY)), file
