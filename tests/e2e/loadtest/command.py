"""Starts the load test's command, and reads what it left."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TOP = Path(__file__).parents[3]

# A verdict's checks that judge this machine's speed, which a test does not.
OF_SPEED = ("p95 at most", "p99 at most", "calm again", "full rate", "of the rate sent")


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
    return {name: value for name, value in env.items() if name != "PYTHONPATH"}


def run_load(env: Mapping[str, str], results: Path, *arguments: object) -> LoadRun:
    """Run it without the web page, to its end."""
    done = subprocess.run(
        command(results, "--no-web", *arguments),
        cwd=TOP,
        env=without_pythonpath(env),
        capture_output=True,
        text=True,
        check=False,
    )
    return LoadRun(done.returncode, done.stdout, done.stderr, only_folder(results))


def only_folder(results: Path) -> Path | None:
    """The one results folder in ``results``, or None."""
    folders = list(results.iterdir()) if results.is_dir() else []
    assert len(folders) <= 1
    return folders[0] if folders else None
