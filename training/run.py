"""The work folder of a run: its checkpoints, its best weights and its records."""

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from terminal.results import write_json
from training.errors import RunFolderError
from training.settings import TrainingSettings

AVERAGE_FILE: Final = "average.safetensors"


@dataclass(frozen=True)
class Run:
    """The files of one training run under ``folder``."""

    folder: Path

    @property
    def checkpoints(self) -> Path:
        """The folder that holds ``checkpoint-<step>/``."""
        return self.folder / "checkpoints"

    @property
    def settings_file(self) -> Path:
        """The settings that the run was started with."""
        return self.folder / "settings.json"

    @property
    def record_file(self) -> Path:
        """Command, machine, versions, data, seconds until its last stop, whether it finished."""
        return self.folder / "run.json"

    @property
    def dev_file(self) -> Path:
        """Dev metrics, one entry an epoch and kind of weights."""
        return self.folder / "dev.json"

    def dev_logits_file(self, epoch: int, kind: str) -> Path:
        """The logits ``(dev comments, 28)``, float32, of that epoch's and kind's weights."""
        return self.folder / "dev-logits" / f"{epoch}-{kind}.npy"

    @property
    def best_weights(self) -> Path:
        """The weights that did best on dev so far, float32."""
        return self.folder / "best.safetensors"

    @property
    def tokenizer_folder(self) -> Path:
        """The tokenizer that the run trains with."""
        return self.folder / "tokenizer"

    def open(self, settings: TrainingSettings) -> Path | None:
        """Make the folder, or check that it belongs to ``settings``.

        Returns the checkpoint to go on from, if there is one. Raises ``RunFolderError`` if the
        folder holds a run with other settings.
        """
        if self.settings_file.is_file():
            self._check(settings)
            return self.last_checkpoint()
        self.checkpoints.mkdir(parents=True, exist_ok=True)
        write_json(self.settings_file, asdict(settings))
        return None

    def _check(self, settings: TrainingSettings) -> None:
        found = read_json(self.settings_file)
        wanted = asdict(settings)
        differing = sorted(k for k in found.keys() | wanted.keys() if found.get(k) != wanted.get(k))
        if differing:
            changes = ", ".join(f"{k}: {found.get(k)} -> {wanted.get(k)}" for k in differing)
            raise RunFolderError(
                f"{self.folder} holds a run with other settings ({changes}); give the same, or "
                "start anew with --fresh, or name another folder by --run"
            )

    def last_checkpoint(self) -> Path | None:
        """The newest complete checkpoint; the average is the last file written into one."""
        complete = [file.parent for file in self.checkpoints.glob(f"checkpoint-*/{AVERAGE_FILE}")]
        return max(complete, key=lambda folder: int(folder.name.split("-")[1]), default=None)

    def finished_settings(self) -> TrainingSettings:
        """The run's settings; raises ``RunFolderError`` if it is not finished."""
        if not self.settings_file.is_file():
            raise RunFolderError(
                f"there is no run in {self.folder}; train first, or name another by --run"
            )
        if not read_json(self.record_file).get("finished"):
            raise RunFolderError(
                f"the run in {self.folder} is not finished; train again, which goes on with it"
            )
        return TrainingSettings(**read_json(self.settings_file))

    def remove(self) -> None:
        """Delete the folder; raises ``RunFolderError`` if it holds something other than a run."""
        if not self.folder.exists():
            return
        if any(self.folder.iterdir()) and not self.settings_file.is_file():
            raise RunFolderError(
                f"{self.folder} is not a training run; name another folder by --run"
            )
        shutil.rmtree(self.folder)


def read_json(file: Path) -> dict[str, Any]:
    """The object in ``file``, or an empty one if there is no such file."""
    if not file.is_file():
        return {}
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content
