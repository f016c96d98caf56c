"""``python -m scripts.study`` lists trainings of a tiny encoder and measures what they leave."""

import json
import shlex
import sys
from types import SimpleNamespace

import numpy as np
import pytest

import scripts.study
import scripts.training
from evaluation.gold import find_hits, folded_gold
from training.folding import folded_scores
from training.run import Run
from training.study.results import load_results

pytestmark = pytest.mark.weights

BASE = """
question = "baseline"
[settings]
batch_size = 4
learning_rate = 5e-3
average_decay = 0.5
max_tokens = 16
served_max_tokens = 32
precision = "fp32"
base_encoder = "{encoder}"
"""
RUNGS = """
[[rungs]]
about = "short"
settings = { epochs = 1 }
seeds = [1]
baseline_seeds = [1, 2]
"""
EXPERIMENTS = {
    "raw": 'question = "averaging"\nweights = "raw"\n',
    "sigmoid": 'question = "loss"\n[settings]\nloss = "sigmoid"\n',
    "taught": 'question = "teacher"\nneeds = { scores = "teachers" }\n',
}
NAMES = ["rung-0/base/seed-1", "rung-0/base/seed-2", "rung-0/sigmoid/seed-1"]


@pytest.fixture(scope="module")
def study(base_encoder, tmp_path_factory):
    """The folders of a study that nothing was trained of."""
    folder = tmp_path_factory.mktemp("study")
    (folder / "experiments").mkdir()
    files = {"base": BASE.format(encoder=base_encoder), "rungs": RUNGS, **EXPERIMENTS}
    for name, text in files.items():
        (folder / "experiments" / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def call(study, monkeypatch, capsys):
    """Calls the command; returns its exit status, what it printed, and what it complained of."""

    def execute(command, *options):
        folders = [f"--runs={study / 'runs'}", f"--experiments={study / 'experiments'}"]
        monkeypatch.setattr(sys, "argv", ["study", command, *folders, *options])
        with pytest.raises(SystemExit) as end:
            scripts.study.main()
        return SimpleNamespace(status=end.value.code or 0, **capsys.readouterr()._asdict())

    return execute


@pytest.fixture
def trained(study, call, data_folder, monkeypatch):
    """The study's folder, its listed commands run in this process; the lines if there were any."""
    listed = call("run", "--dry")
    monkeypatch.setenv("OMP_WAIT_POLICY", "PASSIVE")  # so that the command need not set it
    for line in listed.out.splitlines():
        monkeypatch.setattr(sys, "argv", shlex.split(line)[4:])
        with pytest.raises(SystemExit) as end:
            scripts.training.main()
        assert not end.value.code
    return study


def test_what_is_not_finished_is_listed_and_what_lacks_something_is_told(study, call):
    listed = call("run", "--dry", f"--runs={study / 'other'}")
    runs = [line.split("--run=")[1].split()[0] for line in listed.out.splitlines()]
    assert runs == [str(study / "other" / name) for name in NAMES]
    assert listed.err == "left out of rung 0: taught, which needs --set teachers=...\n"


def test_each_listed_command_trains_the_settings_of_its_experiment(trained):
    settings = Run(trained / "runs" / NAMES[2]).finished_settings()
    assert (settings.loss, settings.epochs, settings.seed) == ("sigmoid", 1, 1)


def test_what_is_finished_is_not_listed_again(trained, call):
    assert call("run", "--dry").out == ""
    assert call("run").status == 0


def test_the_results_are_what_the_logits_come_to(trained, call, comments, tmp_path):
    assert call("table", f"--to={tmp_path}").status == 0
    found = {result.key: result for result in load_results(tmp_path / "study.json")}
    assert found.keys() == {
        (0, "base", 1), (0, "base", 2), (0, "raw", 1), (0, "sigmoid", 1)
    }  # fmt: skip
    for (_, experiment, seed), result in found.items():
        owner = "base" if experiment == "raw" else experiment
        run = Run(trained / "runs" / f"rung-0/{owner}/seed-{seed}")
        logits = np.load(run.dev_logits_file(result.epoch, result.weights))
        loss = "sigmoid" if experiment == "sigmoid" else "softmax"
        hits = find_hits(folded_scores(logits, loss), folded_gold(comments))
        assert result.hits.tolist() == hits.tolist()
        entry = json.loads(run.dev_file.read_text())[f"{result.epoch} {result.weights}"]
        assert result.hit_rate == pytest.approx(entry["hit_rate"]["sum"])
    assert found[0, "raw", 1].weights == "raw"


def test_no_path_of_the_machine_is_in_what_is_kept(trained, call, tmp_path):
    call("table", f"--to={tmp_path}")
    for name in ("study.json", "study.md"):
        assert str(trained) not in (tmp_path / name).read_text()


def test_a_finished_run_of_other_settings_is_not_taken_for_this_one(trained, call):
    file = trained / "experiments" / "sigmoid.toml"
    before = file.read_text()
    file.write_text(f"{before}weight_decay = 0.5\n")
    refused = call("run", "--only=sigmoid")
    file.write_text(before)
    assert refused.status == 2
    assert "holds a finished run with other settings; move it away" in refused.err


@pytest.mark.parametrize(("code", "status"), [("exit(1)", 1), ("", 0)])
def test_a_run_that_failed_makes_the_exit_status_1(call, monkeypatch, tmp_path, code, status):
    commands = {Run(tmp_path / "run"): [sys.executable, "-c", code]}
    monkeypatch.setattr(scripts.study, "commands_of", lambda *_: commands)
    assert call("run").status == status


def test_ctrl_c_makes_the_exit_status_130(call, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(scripts.study, "run_commands", interrupted)
    stopped = call("run")
    assert stopped.status == 130
    assert stopped.out == "Stopped; the same command goes on.\n"


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--rung=7", "there is no rung 7; there are 0 to 0"),
        ("--only=nobody", "no experiment nobody is in what is to run; there are base"),
        ("--set=speed=9", "--set was given 'speed=9'; it takes NAME=VALUE of what an experiment"),
    ],
)
def test_what_can_not_be_run_is_refused_in_one_line(call, option, message):
    refused = call("run", option)
    assert refused.status == 2
    assert refused.err.startswith(f"study: {message}")
    assert len(refused.err.splitlines()) == 1
