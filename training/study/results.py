"""What a finished run did on dev, comment by comment, and how that is kept for good.

A run's folder holds hundreds of megabytes and goes one day. What comparisons need of it is which
comments it hit: a bit each, so that all runs of a study fit into one small file beside its table.
"""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from training.run import read_json
from training.study.design import Weights
from training.study.errors import StudyError

RESULTS_FILE: Final = "study.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One run, measured with the weights of one epoch.

    ``settings``  all of them; of paths only the last part
    ``measured``  the kind of weights that the experiment asks for
    ``weights``   the kind that was measured, ``raw`` or ``average``, after ``epoch``
    ``hit_rate``  0 to 1, over the 14 labels
    ``macro_f1``  0 to 1, the mean F1 of the 14 labels, one predicted label a comment
    ``minutes``   that training and its evaluations took
    ``dev``       SHA-256 of the dev comments: only results on the same ones can be compared
    ``hits``      ``(comments,)``, whether the predicted label was a gold one
    """

    rung: int
    experiment: str
    question: str
    compare_with: str
    seed: int
    settings: Mapping[str, Any]
    measured: Weights
    epoch: int
    weights: str
    hit_rate: float
    macro_f1: float
    minutes: float
    dev: str
    hits: NDArray[np.bool_]

    @property
    def key(self) -> tuple[int, str, int]:
        """What no two results of a study share."""
        return self.rung, self.experiment, self.seed

    def as_json(self) -> dict[str, Any]:
        """For ``json.dump``; the hits are packed, eight a byte, in base64."""
        packed = base64.b64encode(np.packbits(self.hits).tobytes()).decode()
        figures = {each.name: getattr(self, each.name) for each in fields(self)}
        return {**figures, "comments": len(self.hits), "hits": packed}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """What ``as_json`` gave."""
        figures = dict(content)
        packed = np.frombuffer(base64.b64decode(figures["hits"]), np.uint8)
        hits = np.unpackbits(packed, count=figures.pop("comments")).astype(bool)
        return cls(**{**figures, "hits": hits})


def load_results(file: Path) -> list[Result]:
    """The results kept in ``file``, none where there is no such file; raises ``StudyError``."""
    try:
        return [Result.from_json(content) for content in read_json(file).get("results", [])]
    except (ValueError, KeyError, TypeError) as error:
        raise StudyError(
            f"{file} can't be read as the results of a study ({error}); restore it from git, or "
            "remove it where all runs are still there"
        ) from error


def merge_results(kept: Iterable[Result], found: Iterable[Result]) -> list[Result]:
    """All of both, in order; what was found anew takes the place of what was kept."""
    merged = {result.key: result for result in (*kept, *found)}
    return [merged[key] for key in sorted(merged)]
