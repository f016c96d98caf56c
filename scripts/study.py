"""``python -m scripts.study``: run the experiments, let the best go on, write the table."""

import shlex
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from terminal.ending import FAILED, INTERRUPTED, ending
from training.study.console import QueueConsole
from training.study.design_files import EXPERIMENTS
from training.study.queue import Job, Queue, State
from training.study.results import RESULTS_FILE
from training.study.stop_request import StopRequest
from training.study.study import Study
from training.study.tables import promotion_table
from training.study.trials import Trial

RUNS: Final = Path("runs/study")
DOCUMENTS: Final = Path("docs/quality")

Runs = Annotated[Path, typer.Option("--runs", help="Where the runs' folders lie.")]
Experiments = Annotated[Path, typer.Option("--experiments", help="Where the experiments lie.")]
Documents = Annotated[Path, typer.Option("--to", help="Where the table and its figures lie.")]

_FILE_WIDTH: Final = 180  # of the tables, where there is no terminal that has one

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
console = Console(width=None if sys.stdout.isatty() else _FILE_WIDTH)


@app.callback()
def describe() -> None:
    """Experiments on training, in rungs: the best of a short one are trained longer in the next."""


@app.command("run")
def run_command(
    *,
    rung: Annotated[
        int | None,
        typer.Option(help="This rung alone; without it all of them, and the best go on each time."),
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="An experiment; may be given several times.")
    ] = None,
    given: Annotated[
        list[str] | None,
        typer.Option("--set", help="NAME=VALUE of what experiments need, such as teachers."),
    ] = None,
    slots: Annotated[int, typer.Option(min=1, help="Runs at a time.")] = 2,
    threads: Annotated[int, typer.Option(min=1, help="Threads of each run.")] = 1,
    runs: Runs = RUNS,
    experiments: Experiments = EXPERIMENTS,
    documents: Documents = DOCUMENTS,
    dry: Annotated[
        bool, typer.Option("--dry", help="Print the commands, and run nothing.")
    ] = False,
) -> None:
    """Train what is not finished yet; Ctrl-C leaves checkpoints that it goes on from.

    0: all finished, 1: a run failed, 130: stopped.
    """
    study = Study.load(experiments, runs, given or [])
    study.require(only or [])
    climbs = rung is None and not only and not dry
    stop = StopRequest(console.print)
    with stop.listening(), QueueConsole(console) as shown:
        queue = Queue(runs, slots, threads, shown, stop)
        for number in range(len(study.design.rungs)) if rung is None else [rung]:
            # What was decided before stays decided.
            if climbs and number > 0 and number not in study.promotions():
                _promote(study, number - 1, documents)
            trials = _choose(study, number, only or [])
            if rung is not None:
                _tell_absent(rung, only or [], trials)
            if dry:
                _print_commands(trials, runs)
            else:
                _end_unless_finished(queue.work_off(trials))


@app.command("promote")
def promote_command(
    *,
    rung: Annotated[int, typer.Option(help="The rung that they go on from.")],
    runs: Runs = RUNS,
    experiments: Experiments = EXPERIMENTS,
    documents: Documents = DOCUMENTS,
) -> None:
    """Decide who goes on from a rung to the next, and write it beside the experiments."""
    study = Study.load(experiments, runs)
    _promote(study, rung, documents)


@app.command("table")
def table_command(
    *,
    runs: Runs = RUNS,
    experiments: Experiments = EXPERIMENTS,
    documents: Documents = DOCUMENTS,
) -> None:
    """Measure the finished runs, write the table with its plot, and print it."""
    # They import torch and matplotlib, which running the queue does without.
    from training.study.report import write_report  # noqa: PLC0415

    study = Study.load(experiments, runs)
    for table in write_report(study, documents):
        console.print(table.as_rich())
    console.print(f"Written to {documents}.", highlight=False, soft_wrap=True)


def _promote(study: Study, rung: int, documents: Path) -> None:
    promotion = study.promote(rung, documents / RESULTS_FILE)
    console.print(promotion_table(rung + 1, promotion).as_rich())


def _choose(study: Study, rung: int, only: Sequence[str]) -> list[Trial]:
    """The runs of a rung, but for those that lack something; these are told."""
    trials = study.trials(rung, only)
    lacking = {trial.experiment.name: trial.missing for trial in trials if trial.missing}
    for experiment, missing in lacking.items():
        options = " ".join(f"--set {name}=..." for name in missing)
        console.print(
            f"left out of rung {rung}: {experiment}, which needs {options}", soft_wrap=True
        )
    return [trial for trial in trials if not trial.missing]


def _tell_absent(rung: int, only: Sequence[str], trials: Sequence[Trial]) -> None:
    for name in sorted(set(only) - {trial.experiment.name for trial in trials}):
        console.print(f"{name} has no place in rung {rung}: it enters later, or was not promoted")


def _print_commands(trials: Sequence[Trial], runs: Path) -> None:
    for command in dict.fromkeys(shlex.join(trial.command(runs)) for trial in trials):
        console.print(command, highlight=False, soft_wrap=True)


def _end_unless_finished(jobs: Sequence[Job]) -> None:
    states = Counter(job.state for job in jobs)
    if states[State.FAILED]:
        raise typer.Exit(FAILED)
    if states[State.FINISHED] < len(jobs):
        console.print("Stopped; the same command goes on.")
        raise typer.Exit(INTERRUPTED)


@ending("study")
def main() -> None:
    """Run the command line: 0 done, 1 a run failed, 2 it can't run, 130 interrupted."""
    app()


if __name__ == "__main__":
    main()
