"""``python -m scripts.study`` with real trainings of a tiny encoder."""

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open

from evaluation.gold import find_hits, folded_gold
from tests.training.study_workshop import Workshop
from training.logits import folded_scores
from training.study.results import load_results

EXPERIMENTS = {
    "raw": 'question = "averaging"\nweights = "raw"\n',
    "sigmoid": 'question = "loss"\n[settings]\nloss = "sigmoid"\n',
    "taught": 'question = "teacher"\nneeds = { scores = "teachers" }\n',
    "broken": 'question = "encoder"\n[settings]\nbase_encoder = "/nowhere"\n',
}


@pytest.fixture(scope="module")
def studied(base_encoder, comments, tmp_path_factory):
    """A rung that was run: a workshop, the exit code and what was printed."""
    workshop = Workshop(
        tmp_path_factory.mktemp("study"), base_encoder, comments, epochs=1, experiments=EXPERIMENTS
    )
    try:
        yield workshop, *workshop.call("run", "--rung=0")
    finally:
        workshop.stop()


def test_every_run_but_a_broken_one_is_finished(studied):
    workshop, _, _ = studied
    assert sorted(str(file.parent.relative_to(workshop.runs)) for file in finished(workshop)) == [
        "rung-0/base/seed-1", "rung-0/base/seed-2", "rung-0/sigmoid/seed-1",
    ]  # fmt: skip


def finished(workshop):
    files = workshop.runs.rglob("run.json")
    return [file for file in files if json.loads(file.read_text()).get("finished")]


def test_a_failure_is_shown_with_the_last_line_of_its_log_and_makes_the_exit_code_1(studied):
    workshop, code, printed = studied
    assert code == 1
    (line,) = [line for line in printed.splitlines() if line.strip().startswith("failed")]
    assert "rung-0/broken/seed-1: error: no config.json" in line
    assert f"log: {workshop.run('rung-0/broken/seed-1')}/train.log" in line


def test_what_lacks_something_is_left_out_and_told(studied):
    workshop, _, printed = studied
    assert "left out of rung 0: taught, which needs --set teachers=..." in printed
    assert not workshop.run("rung-0/taught").exists()


def test_a_run_trains_with_one_thread_and_the_settings_of_its_experiment(studied):
    workshop, _, _ = studied
    settings = json.loads((workshop.run("rung-0/sigmoid/seed-1") / "settings.json").read_text())
    assert (settings["loss"], settings["epochs"], settings["seed"]) == ("sigmoid", 1, 1)
    assert workshop.record("rung-0/sigmoid/seed-1")["threads"] == 1


def test_each_run_has_a_log_that_begins_with_its_command(studied):
    workshop, _, _ = studied
    log = (workshop.run("rung-0/base/seed-2") / "train.log").read_text()
    assert log.startswith("$ python -m scripts.training train --run=")
    assert "--seed=2" in log.splitlines()[0]
    assert "dev after epoch 1" in log


def test_a_finished_run_keeps_its_best_weights_and_no_checkpoint(studied):
    workshop, _, _ = studied
    run = workshop.run("rung-0/base/seed-1")
    with safe_open(run / "best.safetensors", "np") as weights:
        assert [*weights.keys()]
    assert not (run / "checkpoints").exists()


def test_the_results_are_what_the_logits_come_to(studied, comments):
    workshop, _, _ = studied
    code, printed = workshop.call("table")
    assert code == 0, printed
    found = {result.key: result for result in load_results(workshop.documents / "study.json")}
    assert found.keys() == {
        (0, "base", 1), (0, "base", 2), (0, "raw", 1), (0, "sigmoid", 1)
    }  # fmt: skip
    for (_, experiment, seed), result in found.items():
        run = workshop.run(f"rung-0/{'base' if experiment == 'raw' else experiment}/seed-{seed}")
        logits = np.load(run / "dev-logits" / f"{result.epoch}-{result.weights}.npy")
        loss = "sigmoid" if experiment == "sigmoid" else "softmax"
        hits = find_hits(folded_scores(logits, loss), folded_gold(comments))
        assert result.hits.tolist() == hits.tolist()
        entry = json.loads((run / "dev.json").read_text())[f"{result.epoch} {result.weights}"]
        assert result.hit_rate == pytest.approx(entry["hit_rate"]["sum"])
    assert found[0, "raw", 1].weights == "raw"


def test_no_path_of_the_machine_is_in_what_is_kept(studied):
    workshop, _, _ = studied
    workshop.call("table")
    for name in ("study.json", "study.md"):
        assert str(workshop.folder) not in (workshop.documents / name).read_text()


def test_running_again_trains_nothing_that_is_finished(studied):
    workshop, _, _ = studied
    before = {file: file.stat().st_mtime_ns for file in finished(workshop)}
    code, printed = workshop.call("run", "--rung=0", "--only=base", "--only=sigmoid")
    assert code == 0
    assert "running" not in printed
    assert {file: file.stat().st_mtime_ns for file in finished(workshop)} == before


def test_a_finished_run_of_other_settings_is_not_taken_for_this_one(studied):
    workshop, _, _ = studied
    file = workshop.experiments / "sigmoid.toml"
    before = file.read_text()
    file.write_text(f"{before}weight_decay = 0.5\n")
    code, printed = workshop.call("run", "--rung=0", "--only=sigmoid")
    file.write_text(before)
    assert code == 1
    assert "holds a finished run with other settings; move it away" in printed


def test_promoting_writes_down_who_goes_on(studied):
    workshop, _, _ = studied
    code, printed = workshop.call("promote", "--rung=0")
    assert code == 0, printed
    record = json.loads((workshop.experiments / "promotions.json").read_text())
    assert [each["experiment"] for each in record["1"]["decisions"]] == ["raw", "sigmoid"]
    _, planned = workshop.call("run", "--rung=1", "--dry")
    runs = [line.split("--run=")[1].split()[0] for line in planned.splitlines()]
    assert [str(Path(run).relative_to(workshop.runs)) for run in runs] == [
        "rung-1/base/seed-1", "rung-1/sigmoid/seed-1",
    ]  # fmt: skip


def test_a_rung_with_a_failure_is_not_climbed_from(studied):
    workshop, _, _ = studied
    code, printed = workshop.call("run")
    assert code == 1
    assert "rung-1" not in printed


def test_without_a_rung_the_best_climb_to_the_last(base_encoder, comments, tmp_path):
    experiments = {"fast": 'question = "rate"\n[settings]\nlearning_rate = 1e-2\n'}
    workshop = Workshop(tmp_path, base_encoder, comments, epochs=1, experiments=experiments)
    try:
        code, printed = workshop.call("run")
    finally:
        workshop.stop()
    assert code == 0, printed
    assert "Who went on to rung 1" in printed
    assert workshop.record("rung-1/base/seed-1")["finished"]
    assert workshop.record("rung-1/fast/seed-1")["finished"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--rung=7"], "there is no rung 7; there are 0 to 1"),
        (["--only=nobody"], "no rung has an experiment nobody; known are base"),
        (["--set=speed=9"], "--set was given 'speed=9'; .*: teachers"),
    ],
)
def test_what_can_not_be_run_is_refused_in_one_line(studied, options, message):
    workshop, _, _ = studied
    code, printed = workshop.call("run", *options)
    assert code == 2
    assert len(printed.strip().splitlines()) == 1
    assert message.split(".*")[0] in printed
    assert message.split(".*")[-1] in printed
