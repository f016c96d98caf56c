"""The command behind the sweep, with the real service and tiny loads."""

import json
import signal
from functools import partial

import pytest

from tests.benchmarks.commands import needs_wrk, start_quick, started_by

pytestmark = needs_wrk


@pytest.fixture
def sweep(archive, tmp_path):
    """Starts the command; nothing of it may be left."""
    yield partial(start_quick, "benchmarks.sweep", archive, tmp_path)
    assert started_by(tmp_path) == []


def findings_of(folder):
    return json.loads((folder / "sweep.json").read_text())


def test_a_quick_sweep_measures_what_is_delivered_and_one_that_changes_all(sweep, tmp_path):
    out, err = (run := sweep()).communicate()
    assert run.returncode == 0, err
    (folder,) = (tmp_path / "results").iterdir()
    found = findings_of(folder)
    assert found["failures"] == {}
    assert {turn["setting"] for turn in found["turns"]} == {"as delivered", "large JVM, 2 ms"}
    for turn in found["turns"]:
        assert [load["measurement"]["clients"] for load in turn["loads"]] == [1, 16]
        assert all(load["measurement"]["comments"] > 0 for load in turn["loads"])
        assert all(load["frontend_ms"] > 0 for load in turn["loads"])
        assert all(load["workers_ms"] > 0 for load in turn["loads"])
        assert turn["frontend_mib"] > 0
        assert len(turn["workers_mib"]) >= 1
    assert all(turn["idle_percent"] is not None for turn in found["turns"] if turn["number"] == 1)
    assert {file.name for file in folder.iterdir() if file.is_file()} == {
        *("sweep.json", "loads.csv", "turns.csv", "table.md")
    }
    assert list((folder / "logs").iterdir()) == []
    assert "large JVM, 2 ms" in out


def test_a_sweep_that_was_broken_off_goes_on_where_it_stood(sweep, tmp_path):
    run = sweep()
    for line in run.stdout:
        if line.startswith("as delivered, turn 2"):  # the first turn is over
            break
    run.send_signal(signal.SIGINT)
    _, err = run.communicate(timeout=300)
    assert run.returncode == 130
    assert err.splitlines()[-1] == "sweep: interrupted"
    assert started_by(tmp_path) == []
    (folder,) = (tmp_path / "results").iterdir()
    (first,) = findings_of(folder)["turns"]

    out, err = (run := sweep("--resume", folder)).communicate()
    assert run.returncode == 0, err
    assert "as delivered, turn 1" not in out
    turns = findings_of(folder)["turns"]
    assert turns[0] == first
    assert [(turn["setting"], turn["number"]) for turn in turns] == [
        *[("as delivered", 1), ("as delivered", 2), ("large JVM, 2 ms", 1)]
    ]


def test_an_unknown_lever_is_refused_with_the_known_ones(sweep, tmp_path):
    _, err = (run := sweep("--lever", "magic")).communicate()
    assert run.returncode == 2
    (line,) = err.splitlines()
    assert line.startswith("sweep: no lever is called magic; known are as delivered, batchSize,")
    assert not (tmp_path / "results").exists()
