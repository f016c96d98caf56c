"""The ground that all contenders of a run are started on: the same weights, the same comments."""

import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml
from safetensors.numpy import load_file, save_file

from archive.build import is_current
from archive.checksum import verify_checksum
from archive.inputs import REPOSITORY, ArchiveInputs
from benchmarks.errors import BenchmarkError
from benchmarks.load.workload import load_workload
from evaluation.comment_pool import CommentPool
from goemotions.settings import Settings

# The PYTHONPATH of the peers that run on this repository's packages.
PACKAGES: Final = f"{REPOSITORY}{os.pathsep}{REPOSITORY / 'handler'}"
ENVIRONMENTS: Final = REPOSITORY / ".bench"

_TOKENIZER_FILES: Final = ("tokenizer.json", "tokenizer_config.json")


@dataclass(frozen=True)
class Setup:
    """The ground of one run.

    ``folder``        of this run alone; removed at its end.
    ``logs``          the folder of the contenders' logs.
    ``environments``  the folder of the peers' own environments.
    ``cores``         what the contenders may use: workers, threads, processes.
    """

    archive: Path
    model: Path
    folder: Path
    logs: Path
    environments: Path
    cores: int
    workload: CommentPool

    @cached_property
    def unpacked(self) -> Path:
        """A folder with what the archive holds."""
        folder = self.folder / "archive"
        with zipfile.ZipFile(self.archive) as archive:
            archive.extractall(folder)
        return folder

    def serving_archive(self, archive: Path | None, key: str) -> "Setup":
        """The ground for a contender that serves another archive; itself if that is None."""
        if archive is None or archive == self.archive:
            return self
        folder = self.folder / key
        folder.mkdir()
        return replace(self, archive=archive, folder=folder)

    @cached_property
    def serving(self) -> dict[str, Any]:
        """The archive's ``model-config.yaml``."""
        config: dict[str, Any] = yaml.safe_load((self.unpacked / "model-config.yaml").read_bytes())
        return config

    @cached_property
    def settings(self) -> Settings:
        """The handler's settings in the archive."""
        return Settings.from_mapping(self.serving.get("handler") or {})

    @cached_property
    def weights(self) -> Path:
        """The model's folder as transformers reads it, in float32.

        The model itself is kept in float16, which some peers would then compute in: slowly, since
        processors have hardly any instructions for it.
        """
        folder = self.folder / "weights"
        folder.mkdir()
        tensors = load_file(self.model / "model.safetensors")
        floats = {name: tensor.astype(np.float32) for name, tensor in tensors.items()}
        save_file(floats, folder / "model.safetensors", metadata={"format": "pt"})
        config = json.loads((self.model / "config.json").read_text(encoding="utf-8"))
        config |= {"dtype": "float32", "torch_dtype": "float32"}  # by its new and its old name
        (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
        for name in _TOKENIZER_FILES:
            shutil.copyfile(self.model / name, folder / name)
        return folder


@contextmanager
def ground(
    archive: Path, model: Path, results: Path, cores: int, seed: int, environments: Path
) -> Iterator[Setup]:
    """The ground of the run whose results go to the folder ``results``.

    Its logs go to a folder in there. Its own folder is removed at the end of the context. Raises
    ``DataUnavailableError``.
    """
    logs = results.absolute() / "logs"
    logs.mkdir(exist_ok=True)
    workload = load_workload(seed)
    with tempfile.TemporaryDirectory(prefix="goemotions-bench-") as own:
        yield Setup(
            archive.absolute(), model.absolute(), Path(own), logs, environments, cores, workload
        )


def require_same_weights(archive: Path, model: Path) -> None:
    """Raise ``GoEmotionsError`` if ``archive`` is not the current one of the folder ``model``.

    The peers are given the weights of that folder, this service those of the archive.
    """
    verify_checksum(archive)
    if not is_current(archive, ArchiveInputs.find(model)):
        raise BenchmarkError(
            f"{archive} is not built from {model} as that is now; "
            f"build it: make package MODEL={model} QUANTIZE="
        )
