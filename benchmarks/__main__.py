"""``make bench``: this service, what one would use instead, and the limits of both."""

import os
import signal
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Annotated, Final

import typer

from benchmarks.about import describe_run, headline
from benchmarks.console import Progress
from benchmarks.contender import Contender
from benchmarks.contenders import CONTENDERS
from benchmarks.errors import BenchmarkError
from benchmarks.plan import QUICK, Plan
from benchmarks.record import Record
from benchmarks.results import draw_plots, write_figures
from benchmarks.run import Run
from benchmarks.setup import REPOSITORY, Setup, require_same_weights
from benchmarks.tables import tables_of
from benchmarks.workload import load_workload
from benchmarks.wrk import require_wrk
from loadtest.results import new_folder
from scripts.errors import OperationError
from scripts.instance import Instance

_RESULTS: Final = Path(__file__).with_name("results")
_KEYS: Final = ", ".join(each.key for each in CONTENDERS)
_FAILED: Final = 1
_CANNOT_RUN: Final = 2
_INTERRUPTED: Final = 130


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
    try:
        with _stop_on_sigterm():
            failed = _compare(
                replace(plan, growth=growth), _choose(only), archive, environments, results, seed
            )
    except (OperationError, OSError) as error:
        typer.echo(f"bench: {error}", err=True)
        raise typer.Exit(_CANNOT_RUN) from error
    except KeyboardInterrupt as interrupt:
        typer.echo("bench: interrupted", err=True)
        raise typer.Exit(_INTERRUPTED) from interrupt
    raise typer.Exit(_FAILED if failed else 0)


def _compare(
    plan: Plan,
    contenders: Sequence[Contender],
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
        _warn_where_busy(instance.workers, progress)
    folder = new_folder(results, "bench" if plan.judged else "quick", now)
    with tempfile.TemporaryDirectory(prefix="goemotions-bench-") as own:
        setup = Setup(
            archive=archive.absolute(),
            model=instance.model.absolute(),
            folder=Path(own),
            logs=folder.absolute() / "logs",
            environments=environments,
            cores=instance.workers,
            workload=load_workload(seed),
        )
        setup.logs.mkdir()
        record = Record(describe_run(setup, plan, seed, now), tuple(contenders))
        try:
            Run(setup, plan, record, folder, progress).go(seed)
        finally:
            _conclude(folder, record, plan, progress)
    return bool(record.failures)


def _warn_where_busy(cores: int, progress: Progress) -> None:
    load = os.getloadavg()[0]
    if load > cores / 2:
        progress.warn(
            f"the machine is busy (load average {load:.1f} on {cores} cores), and its figures will "
            "be low for it; run this when nothing else runs"
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


@contextmanager
def _stop_on_sigterm() -> Iterator[None]:
    """Let SIGTERM end a run as Ctrl-C does: with everything stopped and written."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


if __name__ == "__main__":
    typer.run(main)
