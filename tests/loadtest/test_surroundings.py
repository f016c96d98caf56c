"""The caller's shell changes no run: Locust's variables and files, and the limit of open files."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from loadtest.surroundings import forget_locust_variables

TOP = Path(__file__).parents[2]


def limited(soft, hard):
    """Sets the limits of open files in a process that is being started."""
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_locust_s_variables_are_forgotten_and_no_others(monkeypatch):
    monkeypatch.setattr(os, "environ", {"LOCUST_TAGS": "foo", "LOCUST": "x", "LOG_DIR": "logs"})
    forget_locust_variables()
    assert os.environ == {"LOCUST": "x", "LOG_DIR": "logs"}


def test_a_worker_heeds_no_configuration_file_of_the_caller(tmp_path):
    for file in (".locust.conf", "locust.conf"):
        (tmp_path / file).write_text("tags = foo\nloglevel = NONSENSE\n")
    (tmp_path / "pyproject.toml").write_text('[tool.locust]\ntags = ["foo"]\nusers = "many"\n')
    worker, locustfile = (
        TOP / "loadtest" / f"{name}.py" for name in ("locust_worker", "locustfile")
    )
    # Locust's own list of its users, which comes after it has read all of its settings.
    done = subprocess.run(
        [sys.executable, worker, "--locustfile", locustfile, "--list"],
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "StressUser" in done.stdout


def test_a_low_limit_of_open_files_is_raised_as_far_as_the_system_allows():
    code = (
        "import resource; from loadtest.surroundings import raise_file_limit;"
        "raise_file_limit(300, 1); print(*resource.getrlimit(resource.RLIMIT_NOFILE))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=TOP,
        env={**os.environ, "PYTHONPATH": f"{TOP}:{TOP / 'handler'}"},
        preexec_fn=limited(256, 512),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["512", "512"]


@pytest.mark.parametrize("options", [("-u", 300), ("-u", 900, "--workers", 3)], ids=str)
def test_a_limit_that_is_too_low_for_the_users_is_named_before_the_run(options):
    done = subprocess.run(
        [sys.executable, "loadtest/stress_test.py", "--no-web", *map(str, options)],
        cwd=TOP,
        preexec_fn=limited(256, 256),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "400 open files" in line
    assert "256" in line
