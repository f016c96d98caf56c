"""Figures for the model card: its teachers, and its hit rate by kinds of comments."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evaluation.dataset import Comment
from evaluation.gold import find_hits, fold_probabilities, folded_gold
from evaluation.quality import ModelQuality, in_taxonomy
from evaluation.quality_report.scored import Scored
from evaluation.quality_report.slices import Slice, measure_slices
from goemotions.taxonomy import Taxonomy
from training.teaching.teachers import load_teachers, teacher_files


@dataclass(frozen=True, slots=True)
class Teacher:
    """A teacher by its file's name, and its hit rate over the 14 labels on dev, 0 to 1."""

    name: str
    hit_rate: float


def measure_teachers(files: str, dev: Sequence[Comment]) -> list[Teacher]:
    """The teachers in the files of ``settings.scores``; of several, also their mean.

    Raises ``ScoresError`` if a file can't be read, or is of other comments.
    """
    gold = folded_gold(dev)
    probabilities = {
        Path(file).stem: teacher.probabilities("dev", dev)
        for file, teacher in zip(teacher_files(files), load_teachers(files), strict=True)
    }
    if len(probabilities) > 1:
        probabilities["their mean"] = np.mean(list(probabilities.values()), axis=0)
    return [
        Teacher(name, float(find_hits(fold_probabilities(each), gold).mean()))
        for name, each in probabilities.items()
    ]


def slices_of_test(measured: ModelQuality, test: Sequence[Comment]) -> tuple[Slice, ...]:
    """The kinds of comments that test has, measured over the served labels."""
    logits, gold = in_taxonomy(Taxonomy.SERVED, measured.logits["test"], test)
    scores = measured.calibration[Taxonomy.SERVED].probabilities(logits)
    return measure_slices(Scored(Taxonomy.SERVED, scores, gold), test)
