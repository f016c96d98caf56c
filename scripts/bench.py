"""``make bench``: this service, what one would use instead, and the limits of both."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import typer

from archive.inputs import REPOSITORY
from benchmarks.comparison.bench import compare
from benchmarks.comparison.plan import QUICK, BenchPlan
from benchmarks.contenders.lineup import KEYS, choose_contenders
from benchmarks.contenders.own_models import own_models
from benchmarks.contenders.setup import ENVIRONMENTS
from service.instance import Instance
from terminal.ending import FAILED, ending

_RESULTS: Final = REPOSITORY / "benchmarks" / "results"


@ending("bench")
def main(
    *,
    quick: Annotated[
        bool, typer.Option("--quick", help="A smoke test of seconds; its figures are none.")
    ] = False,
    rounds: Annotated[
        int, typer.Option(min=1, help="Turns of each contender; 3 take about 20 minutes.")
    ] = 3,
    seconds: Annotated[int, typer.Option(min=1, help="Seconds of each load.")] = 4,
    only: Annotated[
        list[str] | None, typer.Option(help=f"A contender, may be repeated: {KEYS}.")
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
        Path, typer.Option(help="The folder of the peers' own environments.")
    ] = ENVIRONMENTS,
    results: Annotated[Path, typer.Option(help="Where the folder of the run goes.")] = _RESULTS,
    seed: Annotated[int, typer.Option(help="Of the order of the comments and the arrivals.")] = 1,
) -> None:
    """Measure all in turns; 0 if each was measured, 1 if one failed, 2 if none can be."""
    plan = replace(QUICK if quick else BenchPlan(rounds, seconds), growth=growth)
    models = own_models(Instance.from_env().model, model or [], also_float32=also_float32)
    chosen = choose_contenders(only)
    record = compare(plan, chosen, models, archive, environments, results, seed)
    raise typer.Exit(FAILED if record.failures else 0)


if __name__ == "__main__":
    typer.run(main)
