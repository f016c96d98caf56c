"""The commands of benchmarks as processes, and whether anything of them is left."""

import os
import shutil
import subprocess
import sys

import psutil
import pytest

from archive.inputs import REPOSITORY

needs_wrk = pytest.mark.skipif(
    shutil.which("wrk") is None, reason="wrk is not installed (Debian: apt-get install wrk)"
)

# Tells the processes of a command, and those that it starts.
_MARK = "BENCHMARKS_TEST"


def start_quick(module, archive, folder, *arguments, **variables):
    """Start `module` in its quick mode, with its results under `folder`."""
    return subprocess.Popen(
        [
            *(sys.executable, "-u", "-m", module, "--quick"),
            *("--archive", archive, "--results", folder / "results", *arguments),
        ],
        cwd=REPOSITORY,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "handler")]),
            _MARK: str(folder),
            "COLUMNS": "200",
            "NO_COLOR": "1",
            **variables,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


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
