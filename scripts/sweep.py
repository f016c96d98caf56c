"""``make sweep``: each setting of TorchServe and of the handler, measured by itself."""

from pathlib import Path
from typing import Annotated, Final

import typer

from archive.inputs import REPOSITORY
from benchmarks.sweep.run import plan_sweep, sweep
from benchmarks.sweep.settings import choose_settings
from terminal.ending import FAILED, ending

_RESULTS: Final = REPOSITORY / "benchmarks" / "results"


@ending("sweep")
def main(
    *,
    quick: Annotated[
        bool, typer.Option("--quick", help="A smoke test of seconds; its figures are none.")
    ] = False,
    minutes: Annotated[float, typer.Option(min=0, help="After which no further turn begins.")] = 18,
    rounds: Annotated[int, typer.Option(min=1, help="Turns of each setting, at most.")] = 5,
    seconds: Annotated[int, typer.Option(min=1, help="Seconds of each load.")] = 2,
    lever: Annotated[
        list[str] | None,
        typer.Option(help="What is varied, such as batchSize; may be repeated; all by default."),
    ] = None,
    archive: Annotated[Path, typer.Option(help="What is served.")] = Path(
        "model_store/goemotions.mar"
    ),
    results: Annotated[Path, typer.Option(help="Where the folder of the run goes.")] = _RESULTS,
    resume: Annotated[
        Path | None, typer.Option(help="The folder of a sweep that was broken off, to go on.")
    ] = None,
    into: Annotated[
        Path | None, typer.Option(help="A document whose figures to replace, docs/tuning.md.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the order of the comments.")] = 1,
) -> None:
    """Measure all in turns; 0 if each was measured, 1 if one failed, 2 if none can be."""
    plan = plan_sweep(minutes, rounds, seconds, quick=quick)
    settings = choose_settings(lever, quick=quick)
    record = sweep(plan, settings, archive, results, resume, into, seed)
    raise typer.Exit(FAILED if record.failures else 0)


if __name__ == "__main__":
    typer.run(main)
