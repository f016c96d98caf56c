"""The command behind `make bench`, with real contenders and tiny loads."""

import json
import shutil
import signal
from functools import partial

import pytest

from archive.inputs import REPOSITORY
from tests.benchmarks.commands import needs_wrk, start_quick, started_by


@pytest.fixture
def bench(archive, tmp_path):
    """Starts the command; nothing of it may be left."""
    yield partial(start_quick, "benchmarks", archive, tmp_path)
    assert started_by(tmp_path) == []


@needs_wrk
def test_a_quick_run_measures_this_service_and_the_earlier_design(bench, tmp_path):
    out, err = (run := bench("--only", "service", "--only", "flask")).communicate()
    assert run.returncode == 0, err
    (folder,) = (tmp_path / "results").iterdir()
    found = json.loads((folder / "results.json").read_text())
    assert [each["contender"] for each in found["turns"]] == ["service", "flask"]
    for turn in found["turns"]:
        assert turn["agreement"] >= 0.97
        assert turn["memory"]["resident_mib"] > 0
        assert [each["clients"] for each in turn["measurements"]] == [1, 16]
        assert all(each["comments"] > 0 for each in turn["measurements"])
    assert found["growth"]["by_tokens"].keys() == {"8", "64"}
    assert len(found["growth"]["by_rate"]) == 2
    assert {file.suffix for file in folder.iterdir() if file.is_file()} == {
        *(".csv", ".json", ".md", ".png")
    }
    assert list((folder / "logs").iterdir()) == []
    assert "goemotions-serve" in out
    assert "Goals" not in out


@needs_wrk
def test_ctrl_c_stops_everything_and_keeps_what_was_measured(bench, tmp_path):
    run = bench("--only", "bare", "--only", "flask", "--no-growth")
    for line in run.stdout:
        if "round 1 of 1: bare encoder" in line:  # the earlier design has had its turn
            break
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=120)
    assert run.returncode == 130
    assert err.splitlines()[-1] == "bench: interrupted"
    assert "Flask + waitress" in out
    (folder,) = (tmp_path / "results").iterdir()
    assert "| Flask + waitress |" in (folder / "table.md").read_text()


@needs_wrk
def test_an_unknown_contender_is_refused_with_the_known_ones(bench, tmp_path):
    _, err = (run := bench("--only", "triton")).communicate()
    assert run.returncode == 2
    (line,) = err.splitlines()
    assert line.startswith("bench: no contender is called triton; known are service, flask,")
    assert not (tmp_path / "results").exists()


def test_without_wrk_it_says_where_to_get_it(bench, tmp_path):
    _, err = (run := bench(PATH=str(tmp_path))).communicate()
    assert run.returncode == 2
    (line,) = err.splitlines()
    assert "apt-get install wrk" in line


@needs_wrk
def test_an_archive_of_other_weights_is_refused(bench, tmp_path):
    model = tmp_path / "model"
    shutil.copytree(REPOSITORY / "model", model)
    config = model / "config.json"
    config.write_text(config.read_text() + "\n")
    _, err = (run := bench(MODEL=str(model))).communicate()
    assert run.returncode == 2
    (line,) = err.splitlines()
    assert f"is not built from {model} as that is now" in line
