"""``python -m scripts.training`` trains, or says in one line why it can't."""

import shutil
import sys
from contextlib import redirect_stderr
from io import StringIO

import pytest

from scripts import training as command
from training.run import Run

pytestmark = pytest.mark.weights

QUICK = [
    "--epochs=1", "--batch-size=4", "--precision=fp32", "--max-tokens=16", "--served-max-tokens=32",
]  # fmt: skip


@pytest.fixture
def command_line(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_WAIT_POLICY", "PASSIVE")  # so that the command need not set it
    return execute


def execute(*arguments):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["training", *arguments])
        with pytest.raises(SystemExit) as end:
            command.main()
    return end.value.code or 0


@pytest.fixture(scope="module")
def commanded(base_encoder, split_files, tmp_path_factory):
    """A run that the command trained, and what it printed."""
    run = Run(tmp_path_factory.mktemp("commanded") / "run")
    with pytest.MonkeyPatch.context() as patch, redirect_stderr(StringIO()) as printed:
        patch.setenv("GOEMOTIONS_DIR", str(split_files))
        patch.setenv("OMP_WAIT_POLICY", "PASSIVE")
        options = [f"--run={run.folder}", f"--base-encoder={base_encoder}", "--weight-decay=0.5"]
        assert execute("train", *options, *QUICK) == 0
    return run, printed.getvalue()


def test_an_option_becomes_its_setting(commanded):
    settings = commanded[0].finished_settings()
    assert (settings.weight_decay, settings.epochs) == (0.5, 1)


def test_training_shows_how_far_it_is(commanded):
    assert "2/2" in commanded[1]


def test_fresh_begins_anew(commanded, command_line, data_folder, base_encoder, tmp_path):
    run = Run(shutil.copytree(commanded[0].folder, tmp_path / "run"))
    other = [
        "train", f"--run={run.folder}", f"--base-encoder={base_encoder}", *QUICK, "--seed=5",
    ]  # fmt: skip
    assert command_line(*other) == 2
    assert command_line(*other, "--fresh") == 0
    assert run.finished_settings().seed == 5


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
