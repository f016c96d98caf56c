"""Starts the load test's command, and reads what it left."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TOP = Path(__file__).parents[3]

# A verdict's checks that depend on what else this machine has to do just then.
OF_SPEED = (
    "p95 at most",
    "p99 at most",
    "calm again",
    "full rate",
    "of the rate sent",
    "p95 within",
)


@dataclass(frozen=True)
class LoadRun:
    """One run of the command, ended."""

    exit_code: int
    output: str
    errors: str
    folder: Path | None

    @property
    def summary(self) -> dict[str, Any]:
        return json.loads((self.folder / "summary.json").read_text())

    @property
    def checks(self) -> dict[str, dict[str, Any]]:
        """The verdict's checks that do not judge speed, by what they want."""
        return {
            check["wanted"]: check
            for check in self.summary["verdict"]["checks"]
            if not any(phrase in check["wanted"] for phrase in OF_SPEED)
        }


Load = Callable[..., LoadRun]


def command(results: Path, *arguments: object) -> list[str]:
    """The command line of a run whose folder goes into ``results``."""
    script = ["loadtest/stress_test.py", *map(str, arguments), "--results", str(results)]
    return [sys.executable, *script]


def without_pythonpath(env: Mapping[str, str]) -> dict[str, str]:
    """The environment of a user's shell: the script finds its own imports."""
    own = {name: value for name, value in env.items() if name != "PYTHONPATH"}
    return {**own, "PYTHONUNBUFFERED": "1"}


def start_load(env: Mapping[str, str], results: Path, *arguments: object) -> subprocess.Popen[str]:
    """Start it without the web page, in a session of its own; several can run side by side."""
    return subprocess.Popen(
        command(results, "--no-web", *arguments),
        cwd=TOP,
        env=without_pythonpath(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish_load(process: subprocess.Popen[str], results: Path) -> LoadRun:
    """Wait for its end."""
    output, errors = process.communicate()
    return LoadRun(process.returncode, output, errors, only_folder(results))


def run_load(env: Mapping[str, str], results: Path, *arguments: object) -> LoadRun:
    """Run it without the web page, to its end."""
    return finish_load(start_load(env, results, *arguments), results)


def run_side_by_side(
    env: Mapping[str, str], results: Path, runs: Mapping[str, tuple[object, ...]]
) -> dict[str, LoadRun]:
    """Run it with each of the arguments in ``runs``, all at a time; results by their names."""
    started = {name: start_load(env, results / name, *own) for name, own in runs.items()}
    return {name: finish_load(process, results / name) for name, process in started.items()}


def only_folder(results: Path) -> Path | None:
    """The one results folder in ``results``, or None."""
    folders = list(results.iterdir()) if results.is_dir() else []
    assert len(folders) <= 1
    return folders[0] if folders else None
