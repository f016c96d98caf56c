"""From the folders of finished runs to results."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from evaluation.accuracy import Answer, measure
from evaluation.dataset import Comment, fingerprint, load_split
from evaluation.gold import fold_gold
from goemotions.taxonomy import LABELS
from training.logits import SERVED_FOLDING, folded_scores
from training.run import Run, read_json
from training.settings import TrainingSettings
from training.study.design import Weights
from training.study.errors import StudyError
from training.study.results import Result
from training.study.trials import Trial

# Settings whose values are paths of some machine: the names of the files say enough.
_PATHS: Final = ("base_encoder", "scores")


def measure_runs(trials: Iterable[Trial], runs: Path) -> list[Result]:
    """A result for each trial whose run under ``runs`` is finished.

    Raises ``StudyError`` where a run was not made on the dev comments that are there now, or has
    lost a file, and ``DataUnavailableError``.
    """
    finished = [(trial, Run(runs / trial.name)) for trial in trials]
    finished = [(t, run) for t, run in finished if read_json(run.record_file).get("finished")]
    if not finished:
        return []
    dev = load_split("dev")
    sha256 = fingerprint(dev)
    return [_measure(trial, run, dev, sha256) for trial, run in finished]


def _measure(trial: Trial, run: Run, dev: list[Comment], sha256: str) -> Result:
    record = read_json(run.record_file)
    if record["data"]["dev"]["sha256"] != sha256:
        raise StudyError(
            f"{run.folder} was trained with other dev comments than there are now; set "
            "GOEMOTIONS_DIR as it was then"
        )
    settings = TrainingSettings(**read_json(run.settings_file))
    entry = _best(run, trial.experiment.weights)
    answers = _answers(_read_logits(run, entry), settings, dev)
    accuracy = measure(answers)
    return Result(
        rung=trial.rung,
        experiment=trial.experiment.name,
        question=trial.experiment.question,
        compare_with=trial.experiment.compare_with,
        seed=trial.seed,
        settings=_without_paths(settings),
        measured=trial.experiment.weights,
        epoch=entry["epoch"],
        weights=entry["weights"],
        hit_rate=accuracy.hit_rate,
        macro_f1=accuracy.macro_f1,
        minutes=round(record["seconds"] / 60, 1),
        dev=sha256,
        hits=np.array([answer.is_hit for answer in answers]),
    )


def _best(run: Run, weights: Weights) -> Mapping[str, Any]:
    """The entry of ``dev.json`` with the highest hit rate, the earliest where several have it."""
    entries = [
        entry for entry in read_json(run.dev_file).values() if weights in ("best", entry["weights"])
    ]
    if not entries:
        raise StudyError(f"{run.dev_file} has no entry of {weights} weights; train the run again")
    return max(entries, key=lambda entry: float(entry["hit_rate"][SERVED_FOLDING]))


def _read_logits(run: Run, entry: Mapping[str, Any]) -> NDArray[np.float32]:
    file = run.dev_logits_file(entry["epoch"], entry["weights"])
    if not file.is_file():
        raise StudyError(f"there is no {file}; restore it, or train the run again")
    logits: NDArray[np.float32] = np.load(file)
    return logits


def _answers(
    logits: NDArray[np.float32], settings: TrainingSettings, dev: list[Comment]
) -> list[Answer]:
    predictions = folded_scores(logits, settings.loss).argmax(axis=1)
    return [
        Answer(gold=fold_gold(comment.source_indices), prediction=LABELS[prediction])
        for comment, prediction in zip(dev, predictions, strict=True)
    ]


def _without_paths(settings: TrainingSettings) -> dict[str, Any]:
    chosen = asdict(settings)
    for name in _PATHS:
        chosen[name] = ",".join(Path(path).name for path in chosen[name].split(","))
    return chosen
