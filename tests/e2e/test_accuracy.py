"""`make accuracy`'s command against a real service, with a data set of the test's own."""

import json
import os
import signal
import subprocess
import sys
from uuid import uuid4

import pytest
import typer
from typer.testing import CliRunner

from archive.inputs import REPOSITORY
from goemotions.taxonomy import GROUPS, LABELS, SOURCE_LABELS
from scripts.accuracy import main

pytestmark = pytest.mark.server

SENTENCES = [
    "I love this so much",
    "Thank you very much for your help!",
    "That is hilarious",
    "This makes me so angry!!!",
    "I am so sorry, please forgive me",
    "What do you mean?",
    "Wow, I did not expect that at all!",
    "The bus leaves at nine.",
    "Good luck with your exam",
    "This is the saddest day of my life",
]
RIGHT = 7


@pytest.fixture
def data(probe, tmp_path):
    """A folder with a test and a dev split of ten comments, of which the service knows seven."""
    rows = []
    for number, sentence in enumerate(SENTENCES):
        label = probe.label(sentence)
        gold = label if number < RIGHT else next(other for other in LABELS if other != label)
        rows.append(f"{sentence}\t{SOURCE_LABELS.index(GROUPS[gold][0])}\tid{number}\n")
    write_splits(tmp_path / "data", rows)
    return tmp_path / "data"


def write_splits(folder, rows):
    folder.mkdir()
    for split in ("test", "dev"):
        (folder / f"{split}.tsv").write_text("".join(rows), encoding="utf-8")


@pytest.fixture
def accuracy(service, tmp_path, monkeypatch):
    """Runs the command for the service, in a folder of its own."""
    app = typer.Typer()
    app.command()(main)
    monkeypatch.chdir(tmp_path)

    def run(*options, data, **variables):
        env = {**service.to_env(), "GOEMOTIONS_DIR": str(data), **variables}
        return CliRunner().invoke(app, [*map(str, options)], env=env)

    return run


def process(service, folder, *options, data=""):
    """The command in a process of its own that finds no way to the network."""
    paths = os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "handler")])
    offline = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(folder / "hub"), "GOEMOTIONS_DIR": str(data)}
    return subprocess.Popen(
        [sys.executable, "-m", "scripts.accuracy", *map(str, options)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths, **offline, **service.to_env()},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def error_of(stderr):
    (line,) = [line for line in stderr.splitlines() if line.startswith("accuracy: ")]
    return line


def test_the_report_tells_what_was_right_and_how_it_was_asked(
    accuracy, service, probe, data, tmp_path
):
    out = tmp_path / "report"
    done = accuracy("--count", "all", "--output", out, data=data)
    assert done.exit_code == 0, done.stderr
    assert "hit rate   70.0%, 95 % interval 39.7% to 89.2%" in done.stdout
    report = json.loads((out / "report.json").read_text())
    assert [report["correct"], report["incorrect"], report["hit_rate"]] == [RIGHT, 3, 0.7]
    assert report["interval_95"] == pytest.approx([0.397, 0.892], abs=1e-3)
    assert [report["count"], report["answered"], report["split"]] == [10, 10, "test"]
    assert report["url"] == service.prediction_url
    entry = probe.entry(probe.ask({"comment": "I love this"}))
    assert report["model_version"] == entry["model_version"]
    assert isinstance(report["seed"], int)
    assert report["time"].startswith("20")
    assert (out / "confusion.png").read_bytes().startswith(b"\x89PNG")


def test_the_report_goes_into_a_folder_named_by_the_time(accuracy, data, tmp_path):
    done = accuracy("--count", "3", "--split", "dev", data=data)
    assert done.exit_code == 0, done.stderr
    (folder,) = (tmp_path / "reports" / "accuracy").iterdir()
    assert {file.name for file in folder.iterdir()} == {"report.json", "confusion.png"}


def test_without_a_service_it_says_how_to_start_one(accuracy, service, data, free_ports):
    nowhere = {name: str(port) for name, port in zip(service.ports, free_ports(5), strict=True)}
    done = accuracy(data=data, **nowhere)
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 1
    assert "make serve" in done.stderr


def test_without_data_it_says_where_to_get_it(service, tmp_path):
    with process(service, tmp_path) as running:
        _, errors = running.communicate()
    assert running.returncode == 2
    assert "GOEMOTIONS_DIR" in error_of(errors)


def test_a_count_that_can_not_be_drawn_is_refused(accuracy, data):
    done = accuracy("--count", "11", data=data)
    assert done.exit_code == 2
    assert "from 1 to 10, or all" in error_of(done.stderr)


def test_ctrl_c_reports_what_was_answered_until_then(service, probe, tmp_path):
    mark = f"interrupted {uuid4()}"
    write_splits(tmp_path / "data", [f"{mark} {number}\t27\tid\n" for number in range(50_000)])
    options = ("--count", "all", "--output", tmp_path / "report")
    with process(service, tmp_path, *options, data=tmp_path / "data") as running:
        try:
            assert len(probe.log.entries_with(mark, 50)) >= 50
            running.send_signal(signal.SIGINT)
            stdout, stderr = running.communicate()
        finally:
            running.kill()
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    assert running.returncode == 130
    assert 0 < report["answered"] < report["count"] == 50_000
    assert f"interrupted after {report['answered']} of 50000 comments" in stderr
    assert "Traceback" not in stderr
    assert "hit rate" in stdout
