"""A finished run becomes a model folder that the service and transformers can load."""

import dataclasses
import io
import json

import numpy as np
import pytest
import torch
from huggingface_hub import ModelCard
from rich.console import Console
from safetensors.torch import load_file
from transformers import AutoModelForSequenceClassification

from archive.quantization_cost import read_record
from goemotions.model_info import ModelInfo
from goemotions.taxonomy import LABELS, Taxonomy
from goemotions.tokens import CommentTokenizer
from training.errors import RunFolderError
from training.export import export, write_half_precision
from training.logits import compute_logits
from training.run import Run
from training.teaching.score import score
from training.train import TrainingData, train


@pytest.fixture(scope="module")
def splits(comments):
    return {"train": comments, "dev": comments, "test": comments[:5]}


@pytest.fixture
def run(settings, comments, tmp_path):
    run = Run(tmp_path / "run")
    train(settings, TrainingData(comments, comments), run, Console(file=io.StringIO()))
    return run


@pytest.fixture
def model(run, splits, tmp_path):
    export(run, tmp_path / "model", "1.2.3", splits)
    return tmp_path / "model"


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
        "test": 5,
    }


def test_no_path_of_the_machine_is_written(model, tmp_path, settings):
    written = (model / "config.json").read_text() + (model / "README.md").read_text()
    assert settings.base_encoder not in written
    assert str(tmp_path) not in written


def test_the_weights_are_half_precision(model):
    weights = load_file(model / "model.safetensors")
    assert {tensor.dtype for tensor in weights.values()} == {torch.float16}


def test_the_quality_is_that_of_the_written_weights(model, run, splits, tmp_path):
    measured = export(run, tmp_path / "again", "1.2.3", splits)
    written = AutoModelForSequenceClassification.from_pretrained(model, dtype="float32")
    tokenizer = CommentTokenizer(model / "tokenizer.json", max_tokens=32)
    ids = [tokens.ids for tokens in tokenizer.tokenize([c.text for c in splits["test"]])]
    np.testing.assert_allclose(compute_logits(written, ids), measured.logits["test"], atol=1e-6)
    config = json.loads((model / "config.json").read_text())
    quality = measured.quality[Taxonomy.SERVED]["test"]
    assert config["goemotions"]["quality"]["test"]["hit_rate"] == round(quality.hit_rate, 4)


def test_what_int8_costs_is_recorded_and_told(model):
    found = read_record(model)
    assert (found.precision, found.comments) == ("int8", 8)
    assert f"{100 * found.hit_rate:.2f} % in int8" in (model / "README.md").read_text()


def test_the_same_run_gives_the_same_bytes(model, run, splits, tmp_path):
    export(run, tmp_path / "again", "1.2.3", splits)
    for file in model.iterdir():
        assert (tmp_path / "again" / file.name).read_bytes() == file.read_bytes(), file.name


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
    run, settings, comments, splits, tmp_path
):
    files = [tmp_path / "teachers" / f"{name}.safetensors" for name in ("large", "small")]
    for file in files:
        score(run, {"train": comments, "dev": comments}).save(file)
    taught = dataclasses.replace(settings, scores=",".join(map(str, files)), name_share=0.5)
    student = Run(tmp_path / "student")
    train(taught, TrainingData(comments, comments), student, Console(file=io.StringIO()))
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
