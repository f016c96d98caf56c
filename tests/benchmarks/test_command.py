"""The commands behind `make bench` and `make sweep`, with real contenders and tiny loads."""

import json
import os
import shutil
import signal
import subprocess
import sys

import psutil
import pytest

from archive.inputs import REPOSITORY

needs_wrk = pytest.mark.usefixtures("wrk")
# Tells the processes of a command, and those that it starts.
_MARK = "BENCHMARKS_TEST"


@pytest.fixture
def start(archive, tmp_path):
    """Starts a command in its quick mode; nothing of it may be left."""

    def start_quick(name, *arguments, **variables):
        options = ("--archive", archive, "--results", tmp_path / "results", *arguments)
        return subprocess.Popen(
            [sys.executable, "-u", "-m", f"scripts.{name}", "--quick", *options],
            cwd=REPOSITORY,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "handler")]),
                _MARK: str(tmp_path),
                "COLUMNS": "200",
                "NO_COLOR": "1",
                **variables,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    yield start_quick
    assert started_by(tmp_path) == []


def started_by(folder):
    """The processes that are left of a command, whoever started them."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(_MARK) == str(folder):
                found.append(process)
        except psutil.Error:
            continue
    return found


def results_of(folder):
    (own,) = (folder / "results").iterdir()
    return own, json.loads((own / "results.json").read_text())


@needs_wrk
@pytest.mark.server
def test_a_quick_bench_measures_this_service_and_the_earlier_design(start, tmp_path):
    out, err = (run := start("bench", "--only", "service", "--only", "flask")).communicate()
    assert run.returncode == 0, err
    folder, found = results_of(tmp_path)
    assert [each["contender"] for each in found["turns"]] == ["service", "flask"]
    for turn in found["turns"]:
        assert turn["agreement"] >= 0.97
        assert turn["memory"]["resident_mib"] > 0
        assert [each["clients"] for each in turn["measurements"]] == [1, 16]
        assert all(each["comments"] > 0 for each in turn["measurements"])
        assert all(each["first_ms"] > 0 for each in turn["measurements"])
    assert found["growth"]["by_tokens"].keys() == {"8", "64"}
    assert len(found["growth"]["by_rate"]) == 2
    assert {file.suffix for file in folder.iterdir() if file.is_file()} == {
        *(".csv", ".json", ".md", ".png")
    }
    assert list((folder / "logs").iterdir()) == []
    assert "goemotions-serve" in out
    assert "Goals" not in out


@needs_wrk
@pytest.mark.server
def test_ctrl_c_stops_a_bench_and_keeps_what_was_measured(start, tmp_path):
    run = start("bench", "--only", "bare", "--only", "flask", "--no-growth")
    for line in run.stdout:
        if "round 1 of 1: bare encoder" in line:  # the earlier design has had its turn
            break
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=120)
    assert run.returncode == 130
    assert err.splitlines()[-1] == "bench: interrupted"
    assert "Flask + waitress" in out
    folder, _ = results_of(tmp_path)
    assert "| Flask + waitress |" in (folder / "table.md").read_text()


@needs_wrk
@pytest.mark.server
def test_a_quick_sweep_that_was_broken_off_goes_on_where_it_stopped(start, tmp_path):
    run = start("sweep")
    turns = 0
    for line in run.stdout:
        turns += "round 1 of 1: as delivered" in line
        if turns == 2:  # the first turn is over
            break
    run.send_signal(signal.SIGINT)
    _, err = run.communicate(timeout=300)
    assert run.returncode == 130
    assert err.splitlines()[-1] == "sweep: interrupted"
    assert started_by(tmp_path) == []
    folder, before = results_of(tmp_path)
    first = before["turns"][0]

    out, err = (run := start("sweep", "--resume", folder)).communicate()
    assert run.returncode == 0, err
    assert "large JVM, 2 ms" in out
    _, found = results_of(tmp_path)
    assert found["turns"][0] == first
    assert first["idle_percent"] is not None
    assert [(turn["contender"], turn["round"]) for turn in found["turns"]] == [
        *[("as-delivered", 1), ("as-delivered", 2), ("large-JVM--2-ms", 1)]
    ]
    for turn in found["turns"]:
        assert [load["clients"] for load in turn["measurements"]] == [1, 16]
        assert all(load["first_ms"] > 0 and load["rest_ms"] > 0 for load in turn["measurements"])
    assert {file.name for file in folder.iterdir() if file.is_file()} == {
        *("results.json", "measurements.csv", "turns.csv", "table.md")
    }


@pytest.fixture
def refused(start, tmp_path):
    """The one line of a command that can't run."""

    def run(*arguments, **variables):
        _, err = (command := start(*arguments, **variables)).communicate()
        assert command.returncode == 2
        assert not (tmp_path / "results").exists()
        (line,) = err.splitlines()
        return line

    return run


@pytest.mark.weights
def test_a_command_that_cannot_run_says_why_in_one_line(refused, tmp_path):
    assert refused("bench", "--only", "triton").startswith("bench: no contender is called triton;")
    assert refused("sweep", "--lever", "magic").startswith("sweep: no lever is called magic;")
    assert "apt-get install wrk" in refused("bench", PATH=str(tmp_path))


@needs_wrk
@pytest.mark.weights
def test_an_archive_of_other_weights_is_refused(refused, tmp_path):
    model = tmp_path / "model"
    shutil.copytree(REPOSITORY / "model", model)
    config = model / "config.json"
    config.write_text(config.read_text() + "\n")
    assert f"is not built from {model} as that is now" in refused("bench", MODEL=str(model))
