"""`make package`: what it says and how it ends if there is nothing to build, or nothing can be."""

import os
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from archive.checksum import write_checksum
from archive.inputs import REPOSITORY
from scripts.package import main


@pytest.fixture
def package(tmp_path, model_files, monkeypatch):
    """Runs the command with these options and variables; its model is the one without a model."""
    app = typer.Typer()
    app.command()(main)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*options, **variables):
        variables = {"MODEL": str(model_files), "QUANTIZE": "", **variables}
        arguments = ["--archive", str(tmp_path / "goemotions.mar"), *options]
        return CliRunner().invoke(app, arguments, env=variables)

    return run


def refusal(done):
    assert done.exit_code == 2
    (line,) = done.stderr.splitlines()
    return line


def test_an_archive_that_is_current_and_whole_is_not_built_again(package, built):
    write_checksum(built)
    done = package()
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [f"{built} is up to date"]


def test_a_start_leaves_an_altered_archive_to_its_check_though_packaging_would_mend_it(
    package, built
):
    done = package("--keep-altered")
    assert (done.exit_code, done.stdout) == (0, "")


def test_a_model_folder_without_weights_is_refused_in_one_line(package, model_files):
    (model_files / "model.safetensors").unlink()
    line = refusal(package())
    assert f"no model.safetensors in the model folder {model_files}" in line
    assert "make train" in line


def test_a_model_without_a_version_is_refused_in_one_line(model_files, tmp_path):
    """By a process of its own, as make runs it."""
    (model_files / "config.json").write_text("{}")
    paths = os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "handler")])
    done = subprocess.run(
        [sys.executable, "-m", "scripts.package", "--archive", tmp_path / "goemotions.mar"],
        cwd=REPOSITORY,
        env={**os.environ, "MODEL": str(model_files), "QUANTIZE": "", "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "config.json names no version" in line


def test_what_can_not_be_quantised_is_refused_in_one_line(package, model_files):
    config = model_files / "config.json"
    config.write_text(config.read_text().replace("bert", "roberta"))
    line = refusal(package(QUANTIZE="int8"))
    assert "a quantised roberta" in line
    assert "with QUANTIZE=none" in line


def test_without_the_data_set_it_ends_in_one_line_that_says_how_to_have_it(package, tmp_path):
    assert "dev.tsv" in refusal(package(QUANTIZE="int8", GOEMOTIONS_DIR=str(tmp_path)))


def test_another_precision_is_refused_with_those_there_are(package):
    line = refusal(package(QUANTIZE="int4"))
    assert "QUANTIZE is 'int4'; it must be one of auto, none, int8" in line


def test_it_reads_no_variable_of_a_running_service(package, built):
    write_checksum(built)
    assert package(METRICS_PORT="x", WORKERS="many", START_SECONDS="nan").exit_code == 0
