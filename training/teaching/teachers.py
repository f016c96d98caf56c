"""Teachers' scores, cached in files, and the targets made of them.

Hinton, Vinyals, Dean 2015, "Distilling the Knowledge in a Neural Network", arXiv:1503.02531.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save
from torch import Tensor

from evaluation.dataset import Comment, fingerprint
from goemotions.calibration import softmax
from training.errors import ScoresError
from training.settings import TrainingSettings


@dataclass(frozen=True, slots=True)
class TeacherScores:
    """One teacher's logits on the splits, and the temperature that calibrates them.

    ``logits``       by split, ``(comments, 28)``, stored as float16.
    ``temperature``  fitted on dev over the 28 source labels.
    ``data``         by split, the fingerprint of its comments.
    """

    logits: Mapping[str, NDArray[np.floating]]
    temperature: float
    data: Mapping[str, str]

    def save(self, file: Path) -> None:
        """Write the file whole, or not at all."""
        tensors = {split: rows.astype(np.float16) for split, rows in self.logits.items()}
        facts = {"temperature": repr(self.temperature), "data": json.dumps(dict(self.data))}
        draft = file.with_suffix(".draft")
        file.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(save(tensors, metadata=facts))
        draft.replace(file)

    @classmethod
    def load(cls, file: Path) -> Self:
        """Read such a file; raises ``ScoresError`` if it is none."""
        try:
            with safe_open(file, framework="numpy") as content:
                facts = content.metadata()
                logits = {split: content.get_tensor(split) for split in content.keys()}  # noqa: SIM118
            return cls(logits, float(facts["temperature"]), json.loads(facts["data"]))
        except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
            raise ScoresError(
                f"{file} holds no teacher's scores ({error}); write it with "
                "`python -m scripts.training score`"
            ) from error

    def probabilities(
        self, split: str, comments: Sequence[Comment], temperature: float = 1.0
    ) -> NDArray[np.floating]:
        """The probabilities ``(comments, 28)`` of a split.

        The logits are calibrated, then divided by ``temperature``. Raises ``ScoresError`` if the
        scores are those of other comments.
        """
        if self.data.get(split) != fingerprint(comments):
            raise ScoresError(
                f"the scores are of other {split} comments than those at hand; write them anew "
                "with `python -m scripts.training score`"
            )
        return softmax(self.logits[split].astype(np.float32), self.temperature * temperature)


def teacher_files(files: str) -> list[str]:
    """The names of files that are joined by commas."""
    return [name.strip() for name in files.split(",") if name.strip()]


def load_teachers(files: str) -> list[TeacherScores]:
    """The scores in files whose names are joined by commas; raises ``ScoresError``."""
    return [TeacherScores.load(Path(name)) for name in teacher_files(files)]


def taught_targets(
    gold: Tensor,
    teachers: Sequence[TeacherScores],
    train: Sequence[Comment],
    settings: TrainingSettings,
) -> Tensor:
    """Gold targets ``(comments, 28)`` mixed with the mean of the teachers' probabilities.

    The gold labels have the weight ``settings.gold_share``; without a teacher they are the target.
    """
    if not teachers:
        return gold
    taught = [t.probabilities("train", train, settings.teacher_temperature) for t in teachers]
    mean = torch.from_numpy(np.mean(taught, axis=0).astype(np.float32))
    return settings.gold_share * gold + (1.0 - settings.gold_share) * mean
