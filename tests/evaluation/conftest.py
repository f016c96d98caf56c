"""Fixtures of the tests of what measures: a tiny model, and fewer bootstrap draws."""

import json
import shutil
import sys

import pytest
import typer

from evaluation import intervals
from evaluation.quality_report import reliability
from goemotions.taxonomy import SOURCE_LABELS


@pytest.fixture(scope="session")
def tiny_model(base_encoder, tmp_path_factory):
    """A model folder with an untrained head, as `make train` writes one."""
    from transformers import BertConfig, BertForSequenceClassification, set_seed  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("tiny-model")
    set_seed(0)
    config = BertConfig.from_pretrained(base_encoder, id2label=dict(enumerate(SOURCE_LABELS)))
    BertForSequenceClassification(config).save_pretrained(folder)
    shutil.copy(base_encoder / "tokenizer.json", folder)
    file = folder / "config.json"
    section = {
        "version": "4.5.6",
        "max_tokens": 32,
        "log_temperature": {"served": [0.2, -0.1, 0.1], "original": [-0.2]},
        "quality": {},
    }
    content = json.loads(file.read_text(encoding="utf-8")) | {"goemotions": section}
    file.write_text(json.dumps(content), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def few_draws():
    """Intervals from 20 draws in place of 1,000: which ones they are matters to few tests."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (intervals, reliability):
            patch.setattr(module, "DRAWS", 20)
        yield


@pytest.fixture
def run(monkeypatch, capsys):
    """Runs a command's ``main``; returns its exit status and all that it prints."""

    def run_command(main, *arguments):
        monkeypatch.setattr(sys, "argv", ["command", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            typer.run(main)
        printed = capsys.readouterr()
        return end.value.code, printed.out + printed.err

    return run_command
