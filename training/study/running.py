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

_ENDS: Final = {0: "finished", INTERRUPTED: "stopped"}
_DEFAULTS: Final = asdict(TrainingSettings())


def commands_of(trials: Iterable[Trial], runs: Path, threads: int) -> dict[Run, list[str]]:
    """The command that trains each run under ``runs`` that is not finished.

    It leaves defaults to the program. Raises ``StudyError`` if a folder holds a finished run with
    other settings, whatever it was given of what its experiment needs.
    """
    program = ["env", f"OMP_NUM_THREADS={threads}", sys.executable, "-m", "scripts.training"]
    commands: dict[Run, list[str]] = {}
    for trial in trials:
        run, wanted = Run(runs / trial.name), asdict(trial.settings).items()
        if not read_json(run.record_file).get("finished"):
            options = [f"--{k.replace('_', '-')}={v}" for k, v in wanted if v != _DEFAULTS[k]]
            commands[run] = [*program, "train", f"--run={run.folder}", *options]
            continue
        found = read_json(run.settings_file)
        if any(found.get(k, v) != v for k, v in wanted if k not in trial.experiment.needs):
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
        log = run.folder / "train.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab", buffering=0) as output:  # what it wrote before it was stopped is kept
            output.write(f"$ {shlex.join(commands[run])}\n".encode())
            process = subprocess.Popen(commands[run], stdout=output, stderr=subprocess.STDOUT)
        running.append(process)
        tell(f"trains {run.folder}")
        status = process.wait()
        if status == 0:
            # Some hundred megabytes, which nobody goes on from any more.
            shutil.rmtree(run.checkpoints, ignore_errors=True)
        tell(f"{_ENDS.get(status, 'failed')} {run.folder}, log: {log}")
        return status

    with ThreadPoolExecutor(slots) as pool:
        try:
            ends = {run: pool.submit(execute, run) for run in commands}
            return [run for run, end in ends.items() if end.result() != 0]
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in running:
                process.terminate()  # Ctrl-C has reached them already, SIGTERM has not
            for process in running:
                process.wait()
            raise
