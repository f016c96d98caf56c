"""Plots are files in the project's own style, whatever the caller's shell says."""

import os
import re
import subprocess
import sys

import pytest

from archive.inputs import REPOSITORY

IMPORTED = re.compile(r"^(?:import|from) matplotlib\b", re.MULTILINE)
# A shell that was started from a notebook has it.
OF_A_NOTEBOOK = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}


def run(code, env):
    paths = {"PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'handler'}"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY,
        env={**os.environ, **paths, **env},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def folders_that_draw():
    files = [file for file in REPOSITORY.glob("[a-z]*/**/*.py") if "tests" not in file.parts]
    drawing = [file for file in files if IMPORTED.search(file.read_text("utf-8"))]
    return sorted({file.relative_to(REPOSITORY).parts[0] for file in drawing})


@pytest.mark.parametrize("folder", folders_that_draw())
def test_each_folder_that_draws_chooses_files_before_it_imports_matplotlib(folder):
    code = f"import {folder}, os, sys; print(os.environ['MPLBACKEND'], 'matplotlib' in sys.modules)"
    assert run(code, OF_A_NOTEBOOK) == "agg False"


@pytest.mark.weights  # some import torch
@pytest.mark.parametrize(
    "command",
    [
        "scripts.accuracy",
        "scripts.bench",
        "scripts.behaviour",
        "scripts.evaluate",
        "scripts.study",
        "scripts.sweep",
        "loadtest.compare",
        "loadtest.report.plots",
    ],
)
def test_a_command_s_import_heeds_no_backend_of_a_notebook(command):
    assert run(f"import {command}; print('imported')", OF_A_NOTEBOOK) == "imported"


def test_the_caller_s_matplotlibrc_does_not_change_a_plot(tmp_path):
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 40\ntext.usetex: True\n")
    code = (
        "import matplotlib, evaluation.plot_style as own;"
        "own.styled(lambda: print(matplotlib.rcParams['text.usetex']))()"
    )
    assert run(code, {"MATPLOTLIBRC": str(tmp_path)}) == "False"
