"""Results of finished runs on dev, comment by comment, and the file that keeps them for good.

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

from evaluation.accuracy import measure_accuracy
from evaluation.dataset import Comment, fingerprint, load_split
from evaluation.gold import find_hits, folded_gold
from training.errors import StudyError
from training.folding import SERVED_FOLDING, folded_scores
from training.run import Run, read_json
from training.study.design import Trial, Weights

# Settings whose values are paths of some machine: the names of the files say enough.
_PATHS: Final = ("base_encoder", "scores")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
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
        """The rung, the experiment and the seed, which no two results of a study share."""
        return self.rung, self.experiment, self.seed

    def as_json(self) -> dict[str, Any]:
        """For ``json.dump``; the hits are packed, eight a byte, in base64."""
        packed = base64.b64encode(np.packbits(self.hits).tobytes()).decode()
        figures = {each.name: getattr(self, each.name) for each in fields(self)}
        return {**figures, "comments": len(self.hits), "hits": packed}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """The result that gave ``content`` by ``as_json``."""
        figures = dict(content)
        packed = np.frombuffer(base64.b64decode(figures["hits"]), np.uint8)
        hits = np.unpackbits(packed, count=figures.pop("comments")).astype(bool)
        return cls(**{**figures, "hits": hits})


def load_results(file: Path) -> list[RunResult]:
    """The results kept in ``file``, none if there is no such file; raises ``StudyError``."""
    try:
        return [RunResult.from_json(content) for content in read_json(file).get("results", [])]
    except (ValueError, KeyError, TypeError) as error:
        raise StudyError(
            f"{file} can't be read as the results of a study ({error}); restore it from git, or "
            "remove it if all runs are still there"
        ) from error


def merge_results(kept: Iterable[RunResult], found: Iterable[RunResult]) -> list[RunResult]:
    """All of both, in order; what was found anew takes the place of what was kept."""
    merged = {result.key: result for result in (*kept, *found)}
    return [merged[key] for key in sorted(merged)]


def measure_runs(trials: Iterable[Trial], runs: Path) -> list[RunResult]:
    """A result for each trial whose run under ``runs`` is finished.

    Raises ``StudyError`` if a run was not made on the dev comments that are there now,
    ``DataUnavailableError``, and ``OSError`` if a run has lost a file.
    """
    found = [(trial, Run(runs / trial.name)) for trial in trials]
    finished = [(trial, run) for trial, run in found if read_json(run.record_file).get("finished")]
    dev = load_split("dev") if finished else []
    return [_measure(trial, run, dev) for trial, run in finished]


def _measure(trial: Trial, run: Run, dev: list[Comment]) -> RunResult:
    record, experiment, sha256 = read_json(run.record_file), trial.experiment, fingerprint(dev)
    if record["data"]["dev"]["sha256"] != sha256:
        raise StudyError(
            f"{run.folder} was trained with other dev comments than there are now; set "
            "GOEMOTIONS_DIR as it was then"
        )
    settings = read_json(run.settings_file)
    entries = read_json(run.dev_file).values()
    # Of several with the same hit rate the earliest.
    best = max(
        (each for each in entries if experiment.weights in ("best", each["weights"])),
        key=lambda entry: float(entry["hit_rate"][SERVED_FOLDING]),
    )
    logits = np.load(run.dev_logits_file(best["epoch"], best["weights"]))
    scores, gold = folded_scores(logits, settings["loss"]), folded_gold(dev)
    hits = find_hits(scores, gold)
    return RunResult(
        rung=trial.rung,
        experiment=experiment.name,
        question=experiment.question,
        compare_with=experiment.compare_with,
        seed=trial.seed,
        settings={name: _without_folders(name, value) for name, value in settings.items()},
        measured=experiment.weights,
        epoch=best["epoch"],
        weights=best["weights"],
        hit_rate=float(hits.mean()),
        macro_f1=measure_accuracy(gold, scores.argmax(axis=1)).macro_f1,
        minutes=round(record["seconds"] / 60, 1),
        dev=sha256,
        hits=hits,
    )


def _without_folders(setting: str, value: Any) -> Any:  # noqa: ANN401 - a setting's, from JSON
    if setting not in _PATHS:
        return value
    return ",".join(Path(path).name for path in value.split(","))
