"""The command, on a model of a few thousand weights."""

import io
import json
import shutil
import sys

import pytest
import typer
from rich.console import Console
from transformers import BertConfig, BertForSequenceClassification, set_seed

from goemotions.taxonomy import SOURCE_LABELS
from scripts import evaluate as command
from training.base_encoder import write_tokenizer
from training.export import write_half_precision


@pytest.fixture
def model(base_encoder, tmp_path):
    """A model folder with an untrained head, as an export writes it."""
    folder = tmp_path / "model"
    write_tokenizer(base_encoder, folder)
    config = BertConfig.from_pretrained(base_encoder, num_labels=len(SOURCE_LABELS))
    set_seed(1)
    weights = BertForSequenceClassification(config).state_dict()
    write_half_precision(weights, folder / "model.safetensors")
    section = {
        "version": "4.5.6",
        "max_tokens": 32,
        "log_temperature": {"served": [0.2, -0.1, 0.1], "original": [-0.2]},
        "quality": {},
    }
    content = config.to_dict() | {
        "id2label": dict(enumerate(SOURCE_LABELS)),
        "architectures": ["BertForSequenceClassification"],
        "goemotions": section,
    }
    (folder / "config.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def run(monkeypatch, *arguments):
    """The exit code of the command, and what it says."""
    said = io.StringIO()
    monkeypatch.setattr(command, "console", Console(file=said, width=200))
    monkeypatch.setattr(sys, "argv", ["quality_report", *map(str, arguments)])
    with pytest.raises(SystemExit) as end:
        typer.run(command.main)
    return end.value.code, said.getvalue()


def test_the_command_measures_a_model_folder(model, data_folder, tmp_path, monkeypatch):
    code, said = run(monkeypatch, "--model", model, "--out", tmp_path / "out")
    assert code == 0
    assert "hit rate on dev" in said
    assert (tmp_path / "out/index.html").is_file()
    figures = json.loads((tmp_path / "out/quality.json").read_text(encoding="utf-8"))
    assert figures["model_version"] == "4.5.6"
    assert figures["calibration"]["served"] == {"constant": 0.2, "slope": -0.1, "bend": 0.1}
    # Every text of these splits stands in train.
    assert figures["taxonomies"]["served"]["hit_rates"]["test"]["unseen"] is None


def test_a_second_run_gives_the_same_bytes(model, data_folder, tmp_path, monkeypatch):
    for name in ("one", "other"):
        assert run(monkeypatch, "--model", model, "--out", tmp_path / name)[0] == 0
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "other" / file.name).read_bytes(), file.name


def test_the_command_says_what_model_it_can_not_load(
    model, data_folder, tmp_path, monkeypatch, capsys
):
    shutil.rmtree(model)
    code, _ = run(monkeypatch, "--model", model, "--out", tmp_path / "out")
    assert code == 2
    assert "can't be loaded" in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "out").exists()
