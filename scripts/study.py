"""``python -m scripts.study``: train the experiments, and write the table of their results."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from terminal.ending import FAILED, INTERRUPTED, ending
from training.errors import StudyError
from training.study.design import EXPERIMENTS, Design, Trial, load_design, read_given
from training.study.running import commands_of, run_commands

RUNS: Final = Path("runs/study")
DOCUMENTS: Final = Path("docs/quality")

Runs = Annotated[Path, typer.Option("--runs", help="The folder of the runs' folders.")]
Experiments = Annotated[Path, typer.Option("--experiments", help="The folder of the experiments.")]
Documents = Annotated[Path, typer.Option("--to", help="The folder of the table and its figures.")]

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
console = Console(highlight=False, soft_wrap=True)


@app.callback()
def describe() -> None:
    """Experiments on training, in rungs: the best of a short one are trained longer in the next."""


@app.command("run")
def run_command(
    *,
    rung: Annotated[int | None, typer.Option(help="This rung alone; without it all.")] = None,
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
    dry: Annotated[
        bool, typer.Option("--dry", help="Print the commands, one a line, for xargs -P; run none.")
    ] = False,
) -> None:
    """Train what is not finished yet; Ctrl-C leaves checkpoints that it goes on from.

    0: all finished, 1: a run failed, 2: it can't run, 130: stopped.
    """
    trials = _choose(load_design(experiments), rung, only or [], given or [])
    commands = commands_of(trials, runs, threads)
    if dry:
        for command in commands.values():
            console.print(shlex.join(command), markup=False)
        return
    try:
        failed = run_commands(commands, slots, lambda line: console.print(line, markup=False))
    except KeyboardInterrupt as interrupt:
        console.print("Stopped; the same command goes on.")
        raise typer.Exit(INTERRUPTED) from interrupt
    if failed:
        raise typer.Exit(FAILED)


@app.command("table")
def table_command(
    *, runs: Runs = RUNS, experiments: Experiments = EXPERIMENTS, documents: Documents = DOCUMENTS
) -> None:
    """Measure the finished runs, and write the table with its plot."""
    # They import torch and matplotlib, which the other command does without.
    from training.study.report import write_report  # noqa: PLC0415

    write_report(load_design(experiments), runs, documents)
    console.print(f"Written to {documents}.")


def _choose(
    design: Design, rung: int | None, only: Sequence[str], texts: Sequence[str]
) -> list[Trial]:
    """The trials that were asked for; those that lack something are told on standard error."""
    given = read_given(texts, design)
    rungs = range(len(design.rungs)) if rung is None else [rung]
    trials = [trial for number in rungs for trial in design.trials(number, given)]
    found = sorted({trial.experiment.name for trial in trials})
    if unknown := ", ".join(sorted({*only}.difference(found))):
        raise StudyError(
            f"no experiment {unknown} is in what is to run; there are {', '.join(found)}"
        )
    chosen = [trial for trial in trials if not only or trial.experiment.name in only]
    lacking = {}
    for trial in chosen:
        needs = trial.experiment.needs.values()
        if missing := [f"--set {key}=..." for key in needs if key not in given]:
            lacking[trial.rung, trial.experiment.name] = " ".join(missing)
    for (number, name), options in lacking.items():
        typer.echo(f"left out of rung {number}: {name}, which needs {options}", err=True)
    return [trial for trial in chosen if (trial.rung, trial.experiment.name) not in lacking]


@ending("study")
def main() -> None:
    """Run the command line: 0 done, 1 a run failed, 2 it can't run, 130 interrupted."""
    app()


if __name__ == "__main__":
    main()
