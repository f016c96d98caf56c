"""A finished run becomes a model folder that the service and transformers can load."""

import dataclasses
import json
import shutil
import sys
from contextlib import redirect_stderr
from io import StringIO

import numpy as np
import pytest
import torch
from huggingface_hub import ModelCard
from safetensors.torch import load_file
from transformers import AutoModelForSequenceClassification

from archive.quantization_cost import read_record
from goemotions.errors import ModelFolderError
from goemotions.model_info import ModelInfo
from goemotions.taxonomy import LABELS, Taxonomy
from goemotions.tokens import CommentTokenizer
from scripts import training as command
from training.errors import RunFolderError
from training.export import export, next_version, write_half_precision
from training.logits import compute_logits
from training.run import Run
from training.teaching.score import score
from training.train import train

pytestmark = pytest.mark.weights


@pytest.fixture(scope="module")
def splits(comments):
    return {"train": comments, "dev": comments, "test": comments}


@pytest.fixture(scope="module")
def exported(trained, splits, tmp_path_factory):
    """A model folder, and what was measured."""
    folder = tmp_path_factory.mktemp("exported") / "model"
    return folder, export(trained, folder, "1.2.3", splits)


@pytest.fixture(scope="module")
def model(exported):
    return exported[0]


@pytest.fixture(scope="module")
def by_command(trained, split_files, tmp_path_factory):
    """A model folder that the command exported from the same run, and what the command printed."""
    folder = tmp_path_factory.mktemp("by-command") / "model"
    options = [f"--run={trained.folder}", f"--model={folder}", "--model-version=1.2.3"]
    with pytest.MonkeyPatch.context() as patch, redirect_stderr(StringIO()) as printed:
        patch.setenv("GOEMOTIONS_DIR", str(split_files))
        patch.setattr(sys, "argv", ["training", "export", *options])
        with pytest.raises(SystemExit) as end:
            command.main()
    assert not end.value.code
    return folder, printed.getvalue()


def test_the_folder_holds_what_is_served_and_nothing_else(model):
    assert {file.name for file in model.iterdir()} == {
        "README.md",
        "config.json",
        "model.safetensors",
        "quantization.json",
        "tokenizer.json",
        "tokenizer_config.json",
    }


def test_the_service_reads_its_configuration(model):
    info = ModelInfo.load(model / "config.json")
    assert (info.version, info.max_tokens) == ("1.2.3", 32)
    assert {split: quality["comments"] for split, quality in info.quality.items()} == {
        "dev": 8,
        "test": 8,
    }


def test_no_path_of_the_machine_is_written(model, trained, settings):
    written = (model / "config.json").read_text() + (model / "README.md").read_text()
    for path in (settings.base_encoder, str(model.parent), str(trained.folder)):
        assert path not in written


def test_the_weights_are_half_precision(model):
    weights = load_file(model / "model.safetensors")
    assert {tensor.dtype for tensor in weights.values()} == {torch.float16}


def test_the_quality_is_that_of_the_written_weights(exported, splits):
    model, measured = exported
    written = AutoModelForSequenceClassification.from_pretrained(model, dtype="float32")
    tokenizer = CommentTokenizer(model / "tokenizer.json", max_tokens=32)
    ids = [tokens.ids for tokens in tokenizer.tokenize([c.text for c in splits["test"]])]
    np.testing.assert_allclose(compute_logits(written, ids), measured.logits["test"], atol=1e-6)
    config = json.loads((model / "config.json").read_text())
    quality = measured.quality[Taxonomy.SERVED]["test"]
    assert config["goemotions"]["quality"]["test"]["hit_rate"] == round(quality.hits.rate, 4)


def test_what_int8_costs_is_recorded_and_told(model):
    found = read_record(model)
    assert (found.precision, found.comments) == ("int8", 8)
    assert f"{100 * found.hit_rate:.2f} % in int8" in (model / "README.md").read_text()


def test_the_same_run_gives_the_same_bytes(model, by_command):
    for file in model.iterdir():
        assert (by_command[0] / file.name).read_bytes() == file.read_bytes(), file.name


def test_the_command_tells_the_version_and_the_hit_rates(by_command):
    folder, told = by_command
    assert f"Written to {folder}, version 1.2.3." in told
    assert "test: " in told


@pytest.mark.parametrize(
    ("before", "same_weights", "after"),
    [
        (None, False, "1.0.0"),
        ("1.1.0", False, "1.1.1"),
        ("2.0.9", False, "2.0.10"),
        ("1.1.0", True, "1.1.0"),
        ("spring", True, "spring"),
    ],
)
def test_other_weights_raise_the_last_number_of_the_version(
    *, model, tmp_path, before, same_weights, after
):
    weights = tmp_path / "weights"
    weights.write_bytes((model / "model.safetensors").read_bytes() if same_weights else b"others")
    assert next_version(of_version(model, before, tmp_path), weights) == after


def test_a_version_without_a_last_number_is_not_raised(model, tmp_path):
    (tmp_path / "weights").write_bytes(b"others")
    with pytest.raises(ModelFolderError, match=r"'spring'.*give the new one by --model-version"):
        next_version(of_version(model, "spring", tmp_path), tmp_path / "weights")


def of_version(model, version, tmp_path):
    """A copy of ``model`` that says it is of that version; an empty folder for None."""
    folder = tmp_path / "copy"
    if version is None:
        folder.mkdir()
        return folder
    shutil.copytree(model, folder)
    config = json.loads((folder / "config.json").read_text())
    config["goemotions"]["version"] = version
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def test_the_card_is_one_that_the_hub_reads(model):
    card = ModelCard.load(model / "README.md")
    card.validate = None  # asks the Hub
    assert card.data.base_model == "sentence-transformers/all-MiniLM-L6-v2"
    assert len(card.data.eval_results) == 2


def test_the_card_has_a_row_for_each_label_and_no_open_field(model):
    card = (model / "README.md").read_text()
    assert all(f"\n| {label} | " in card for label in LABELS)
    assert "{" not in card.split("---", 2)[2]
    assert "None" not in card
    assert "nan" not in card


def test_the_card_names_a_students_teachers_by_their_files_alone(
    *, trained, settings, data, console, splits, tmp_path
):
    files = [tmp_path / "teachers" / f"{name}.safetensors" for name in ("large", "small")]
    scores = score(trained, splits)
    for file in files:
        scores.save(file)
    taught = dataclasses.replace(settings, scores=",".join(map(str, files)), name_share=0.5)
    student = Run(tmp_path / "student")
    train(taught, data, student, console)
    export(student, tmp_path / "taught", "1.2.3", splits)
    card = (tmp_path / "taught" / "README.md").read_text()
    assert all(f"\n| {name} | " in card for name in ("large", "small", "their mean"))
    assert "30 % gold labels" in card
    assert "50 % got first names" in card
    assert str(tmp_path) not in card


def test_an_unfinished_run_is_not_exported(settings, splits, tmp_path):
    run = Run(tmp_path / "run")
    run.open(settings)
    with pytest.raises(RunFolderError, match="not finished; train again"):
        export(run, tmp_path / "model", "1.2.3", splits)
    assert not (tmp_path / "model").exists()


def test_a_folder_without_a_run_is_named(splits, tmp_path):
    with pytest.raises(RunFolderError, match=r"there is no run in .*nowhere; train first"):
        export(Run(tmp_path / "nowhere"), tmp_path / "model", "1.2.3", splits)


def test_weights_beyond_half_precision_are_refused(tmp_path):
    with pytest.raises(ValueError, match="not finite in fp16: head"):
        write_half_precision({"head": torch.tensor([1e6])}, tmp_path / "model.safetensors")
