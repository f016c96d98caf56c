"""``python -m scripts.training``: what it does, and what it says where it can't."""

import json
import sys

import pytest

from goemotions.model_info import ModelInfo
from scripts import training as command

QUICK = [
    "--epochs=1", "--batch-size=4", "--precision=fp32", "--max-tokens=16", "--served-max-tokens=32",
]  # fmt: skip


@pytest.fixture
def command_line(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_WAIT_POLICY", "PASSIVE")  # so that the command need not set it

    def execute(*arguments):
        monkeypatch.setattr(sys, "argv", ["training", *arguments])
        with pytest.raises(SystemExit) as end:
            command.main()
        return end.value.code or 0

    return execute


def test_trains_and_exports(command_line, data_folder, base_encoder, tmp_path, capsys):
    assert command_line("train", f"--base-encoder={base_encoder}", *QUICK) == 0
    assert command_line("export", "--model-version=3.2.1") == 0
    assert ModelInfo.load(tmp_path / "model" / "config.json").version == "3.2.1"
    assert "test: " in capsys.readouterr().err


def test_an_option_becomes_its_setting(command_line, data_folder, base_encoder, tmp_path):
    command_line("train", f"--base-encoder={base_encoder}", "--weight-decay=0.5", *QUICK)
    settings = json.loads((tmp_path / "runs" / "goemotions" / "settings.json").read_text())
    assert (settings["weight_decay"], settings["epochs"]) == (0.5, 1)


def test_fresh_begins_anew(command_line, data_folder, base_encoder, tmp_path):
    command_line("train", f"--base-encoder={base_encoder}", *QUICK)
    other = ["train", f"--base-encoder={base_encoder}", *QUICK, "--seed=5"]
    assert command_line(*other) == 2
    assert command_line(*other, "--fresh") == 0


@pytest.mark.parametrize("command", ["train", "export"])
def test_without_data_one_line_says_what_to_do(
    command_line, monkeypatch, tmp_path, capsys, command
):
    monkeypatch.setenv("GOEMOTIONS_DIR", str(tmp_path / "nowhere"))
    assert command_line(command) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert "nowhere" in lines[0]
    assert "train.tsv, dev.tsv and test.tsv" in lines[0]
    assert not (tmp_path / "runs").exists()


def test_a_setting_out_of_range_is_refused_in_one_line(command_line, data_folder, capsys):
    assert command_line("train", "--epochs=0") == 2
    assert capsys.readouterr().err.strip() == "training: epochs is 0; it must be from 1 to 1000"


def test_exporting_before_training_is_refused(command_line, data_folder, capsys):
    assert command_line("export") == 2
    assert "train first" in capsys.readouterr().err


def test_training_shows_how_far_it_is(command_line, data_folder, base_encoder, capsys):
    command_line("train", f"--base-encoder={base_encoder}", *QUICK)
    assert "2/2" in capsys.readouterr().err
