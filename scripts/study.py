"""``python -m scripts.study``: train the experiments, and write the table of their results."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from terminal.ending import FAILED, INTERRUPTED, ending
from training.errors import StudyError
from training.study.design import Design, Trial
from training.study.design_files import EXPERIMENTS, load_design, read_given
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
    design = load_design(experiments)
    trials = _choose(design, rung, only or [], read_given(given or [], design))
    commands = commands_of(_without_lacking(trials), runs, threads)
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
    design: Design, rung: int | None, only: Sequence[str], given: dict[str, str]
) -> list[Trial]:
    rungs = range(len(design.rungs)) if rung is None else [rung]
    trials = [trial for number in rungs for trial in design.trials(number, given)]
    found = {trial.experiment.name for trial in trials}
    if unknown := sorted(set(only) - found):
        raise StudyError(
            f"no experiment {', '.join(unknown)} is in what is to run; there are "
            f"{', '.join(sorted(found))}"
        )
    return [trial for trial in trials if not only or trial.experiment.name in only]


def _without_lacking(trials: Sequence[Trial]) -> list[Trial]:
    """The trials but for those that lack something; these are told on standard error."""
    for rung, name, missing in dict.fromkeys(
        (trial.rung, trial.experiment.name, trial.missing) for trial in trials if trial.missing
    ):
        options = " ".join(f"--set {each}=..." for each in missing)
        typer.echo(f"left out of rung {rung}: {name}, which needs {options}", err=True)
    return [trial for trial in trials if not trial.missing]


@ending("study")
def main() -> None:
    """Run the command line: 0 done, 1 a run failed, 2 it can't run, 130 interrupted."""
    app()


if __name__ == "__main__":
    main()
