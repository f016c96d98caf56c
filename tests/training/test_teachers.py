"""Teachers' scores are cached in a file, and mixed with the gold labels."""

import dataclasses
import os

import numpy as np
import pytest
import torch

from archive.inputs import REPOSITORY
from evaluation.dataset import fingerprint, load_split
from evaluation.gold import find_hits, folded_gold
from goemotions.calibration import softmax
from training.errors import RunFolderError, ScoresError
from training.folding import folded_scores
from training.preparation import gold_targets
from training.run import Run
from training.settings import TrainingSettings
from training.teaching.score import score
from training.teaching.teachers import TeacherScores, load_teachers, taught_targets
from training.train import train

pytestmark = pytest.mark.weights


@pytest.fixture
def teacher(comments):
    logits = np.random.default_rng(0).normal(size=(len(comments), 28)).astype(np.float16)
    return TeacherScores({"train": logits}, 1.5, {"train": fingerprint(comments)})


def test_a_file_gives_back_what_was_saved(teacher, comments, tmp_path):
    teacher.save(tmp_path / "scores" / "one.safetensors")
    (loaded,) = load_teachers(str(tmp_path / "scores" / "one.safetensors"))
    np.testing.assert_array_equal(loaded.logits["train"], teacher.logits["train"])
    assert (loaded.temperature, loaded.data) == (1.5, teacher.data)


def test_probabilities_are_calibrated_and_a_temperature_softens_them(teacher, comments):
    logits = teacher.logits["train"].astype(np.float32)
    np.testing.assert_allclose(teacher.probabilities("train", comments), softmax(logits, 1.5))
    np.testing.assert_allclose(teacher.probabilities("train", comments, 2.0), softmax(logits, 3.0))


def test_scores_of_other_comments_are_refused(teacher, comments):
    with pytest.raises(ScoresError, match=r"of other train comments.*training score"):
        teacher.probabilities("train", comments[1:])


@pytest.mark.parametrize("content", [None, b"", b"no scores"])
def test_a_file_without_scores_is_named(tmp_path, content):
    if content is not None:
        (tmp_path / "f").write_bytes(content)
    with pytest.raises(ScoresError, match=r"f holds no teacher's scores .*training score"):
        load_teachers(str(tmp_path / "f"))


def test_the_target_mixes_gold_labels_with_the_mean_of_the_teachers(teacher, comments):
    settings = TrainingSettings(gold_share=0.25, label_smoothing=0.0)
    other = dataclasses.replace(teacher, temperature=3.0)
    gold = gold_targets(comments, settings)
    mixed = taught_targets(gold, [teacher, other], comments, settings)
    taught = (teacher.probabilities("train", comments) + other.probabilities("train", comments)) / 2
    torch.testing.assert_close(mixed, 0.25 * gold + 0.75 * torch.from_numpy(taught).float())


def test_without_teachers_the_gold_labels_are_all(comments):
    gold = gold_targets(comments, TrainingSettings())
    assert taught_targets(gold, [], comments, TrainingSettings()).equal(gold)


def test_a_run_teaches_another(*, trained, settings, data, console, comments, tmp_path):
    file = tmp_path / "scores.safetensors"
    score(trained, {"train": comments, "dev": comments}).save(file)
    logits = TeacherScores.load(file).logits
    assert {split: rows.shape for split, rows in logits.items()} == {
        "train": (len(comments), 28),
        "dev": (len(comments), 28),
    }
    taught = dataclasses.replace(settings, scores=str(file), gold_share=0.0)
    assert train(taught, data, Run(tmp_path / "student"), console)


def test_an_unfinished_run_teaches_nobody(settings, comments, tmp_path):
    run = Run(tmp_path / "run")
    run.open(settings)
    with pytest.raises(RunFolderError, match="not finished"):
        score(run, {"train": comments, "dev": comments})


@pytest.mark.skipif(not os.environ.get("GOEMOTIONS_DIR"), reason="needs the data set")
def test_the_committed_scores_are_a_teachers_of_these_comments():
    file = REPOSITORY / "model" / "teachers" / "all-mpnet-base-v2.safetensors"
    teacher, dev = TeacherScores.load(file), load_split("dev")
    assert teacher.probabilities("train", load_split("train")).shape == (43410, 28)
    hits = find_hits(
        folded_scores(teacher.logits["dev"].astype(np.float32), "softmax"), folded_gold(dev)
    )
    assert hits.mean() > 0.67
