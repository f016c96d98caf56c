"""``make bench``: this service, what one would use instead, and the limits of both."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from benchmarks.about import describe_run, headline
from benchmarks.console import Progress
from benchmarks.contender import Contender, Role
from benchmarks.contenders import CONTENDERS
from benchmarks.errors import BenchmarkError
from benchmarks.own_models import OwnModel, bare_in_float32, contenders_of, own_models
from benchmarks.plan import QUICK, Plan
from benchmarks.record import Record
from benchmarks.results import draw_plots, write_figures
from benchmarks.run import Run
from benchmarks.setup import REPOSITORY, Setup, require_same_weights
from benchmarks.tables import tables_of
from benchmarks.workload import load_workload
from benchmarks.wrk import require_wrk
from service.instance import Instance
from terminal.ending import FAILED, ending
from terminal.results import new_folder

_RESULTS: Final = Path(__file__).with_name("results")
_KEYS: Final = ", ".join(each.key for each in CONTENDERS)


def main(
    *,
    quick: Annotated[
        bool, typer.Option("--quick", help="A smoke test of seconds; its figures are none.")
    ] = False,
    rounds: Annotated[int, typer.Option(min=1, help="Turns of each contender.")] = 3,
    seconds: Annotated[int, typer.Option(min=1, help="Seconds of each load.")] = 4,
    only: Annotated[
        list[str] | None, typer.Option(help=f"A contender, may be repeated: {_KEYS}.")
    ] = None,
    growth: Annotated[
        bool, typer.Option(help="Measure this service by length, workers and arrival rate, too.")
    ] = True,
    model: Annotated[
        list[Path] | None,
        typer.Option(help="Another model of this service, a folder as MODEL is; may be repeated."),
    ] = None,
    also_float32: Annotated[
        bool,
        typer.Option("--also-float32", help="This service in float32, too: each of its models."),
    ] = False,
    archive: Annotated[Path, typer.Option(help="This service's archive.")] = Path(
        "model_store/goemotions.mar"
    ),
    environments: Annotated[
        Path, typer.Option(help="Where the peers' own environments lie.")
    ] = REPOSITORY / ".bench",
    results: Annotated[Path, typer.Option(help="Where the folder of the run goes.")] = _RESULTS,
    seed: Annotated[int, typer.Option(help="Of the order of the comments and the arrivals.")] = 1,
) -> None:
    """Measure all in turns; 0 when each was measured, 1 when one failed, 2 when none can be."""
    plan = QUICK if quick else Plan(rounds, seconds)
    with ending("bench"):
        models = own_models(Instance.from_env().model, model or [], also_float32=also_float32)
        chosen = _choose(only)
        plan = replace(plan, growth=growth)
        failed = _compare(plan, chosen, models, archive, environments, results, seed)
    raise typer.Exit(FAILED if failed else 0)


def _compare(
    plan: Plan,
    contenders: Sequence[Contender],
    models: Sequence[OwnModel],
    archive: Path,
    environments: Path,
    results: Path,
    seed: int,
) -> bool:
    """Run it all and write it all; returns whether a contender failed."""
    require_wrk()
    instance = Instance.from_env()
    require_same_weights(archive, instance.model)
    progress, now = Progress(), datetime.now().astimezone()
    if plan.judged:
        progress.warn_where_busy(instance.workers)
    folder = new_folder(results, "bench" if plan.judged else "quick", now)
    with tempfile.TemporaryDirectory(prefix="goemotions-bench-") as own:
        setup = _setup(instance, archive, environments, Path(own), folder, seed)
        own_ones = contenders_of(models, environments / "archives", progress)
        found = [*contenders, *own_ones, *bare_in_float32(models, own_ones)]
        measured = sorted(found, key=lambda each: each.role is not Role.OURS)
        record = Record(describe_run(setup, plan, seed, now), tuple(measured))
        try:
            Run(setup, plan, record, folder, progress).go(seed)
        finally:
            _conclude(folder, record, plan, progress)
    return bool(record.failures)


def _setup(
    instance: Instance, archive: Path, environments: Path, own: Path, folder: Path, seed: int
) -> Setup:
    logs = folder.absolute() / "logs"
    logs.mkdir()
    return Setup(
        archive=archive.absolute(),
        model=instance.model.absolute(),
        folder=own,
        logs=logs,
        environments=environments,
        cores=instance.workers,
        workload=load_workload(seed),
    )


def _conclude(folder: Path, record: Record, plan: Plan, progress: Progress) -> None:
    write_figures(folder, record, judged=plan.judged)
    draw_plots(folder, record)
    closing = f"{headline(record.about)}\nresults: {folder}"
    progress.show(tables_of(record, judged=plan.judged), closing)


def _choose(keys: Sequence[str] | None) -> Sequence[Contender]:
    """The contenders named, in the order of the table; all where none is."""
    known = {each.key for each in CONTENDERS}
    if unknown := [key for key in keys or [] if key not in known]:
        raise BenchmarkError(f"no contender is called {', '.join(unknown)}; known are {_KEYS}")
    return [each for each in CONTENDERS if not keys or each.key in keys]


if __name__ == "__main__":
    typer.run(main)
