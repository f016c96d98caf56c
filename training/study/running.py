"""The study's trainings, each a command with a folder and a log of its own, some at a time."""

import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Final

from terminal.ending import INTERRUPTED
from training.errors import StudyError
from training.run import Run, read_json
from training.settings import TrainingSettings
from training.study.design import Trial

LOG_FILE: Final = "train.log"

_ENDS: Final = {0: "finished", INTERRUPTED: "stopped"}
_DEFAULTS: Final = asdict(TrainingSettings())


def commands_of(trials: Iterable[Trial], runs: Path, threads: int) -> dict[Run, list[str]]:
    """The command that trains each run under ``runs`` that is not finished.

    Raises ``StudyError`` if a folder holds a finished run with other settings.
    """
    commands: dict[Run, list[str]] = {}
    for trial in trials:
        run = Run(runs / trial.name)
        if not read_json(run.record_file).get("finished"):
            commands.setdefault(run, _command(trial, run, threads))
        elif not trial.has_settings_of(read_json(run.settings_file)):
            raise StudyError(f"{run.folder} holds a finished run with other settings; move it away")
    return commands


def run_commands(
    commands: Mapping[Run, Sequence[str]], slots: int, tell: Callable[[str], None]
) -> list[Run]:
    """Run so many commands at a time, each with a log in its run's folder.

    Returns the runs that did not finish; a failure does not stop the others. After Ctrl-C or
    SIGTERM no other one is started, and those that run are asked to stop and waited for: a training
    stops with a checkpoint.
    """
    running: list[subprocess.Popen[bytes]] = []

    def execute(run: Run) -> int:
        process = _start(commands[run], run.folder / LOG_FILE)
        running.append(process)
        tell(f"trains {run.folder}")
        status = process.wait()
        if status == 0:
            # Some hundred megabytes, which nobody goes on from any more.
            shutil.rmtree(run.checkpoints, ignore_errors=True)
        tell(f"{_ENDS.get(status, 'failed')} {run.folder}, log: {run.folder / LOG_FILE}")
        return status

    with ThreadPoolExecutor(slots) as pool:
        ends = {run: pool.submit(execute, run) for run in commands}
        try:
            return [run for run, end in ends.items() if end.result() != 0]
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in running:
                process.terminate()  # Ctrl-C has reached them already, SIGTERM has not
            raise


def _command(trial: Trial, run: Run, threads: int) -> list[str]:
    """Defaults are left to the program."""
    options = [
        f"--{name.replace('_', '-')}={value}"
        for name, value in asdict(trial.settings).items()
        if value != _DEFAULTS[name]
    ]
    program = ["env", f"OMP_NUM_THREADS={threads}", sys.executable, "-m", "scripts.training"]
    return [*program, "train", f"--run={run.folder}", *options]


def _start(command: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:  # added to: what a run wrote before it was stopped is kept
        output.write(f"$ {shlex.join(command)}\n".encode())
        output.flush()
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
