"""``python -m scripts.behaviour``: how a model behaves on the cases of ``capabilities/``."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from evaluation.behaviour.flips import all_flips
from evaluation.behaviour.measuring import Behaviour, measure_behaviour
from evaluation.behaviour.reading import read_capabilities
from evaluation.behaviour.report import Report, write_report
from evaluation.behaviour.table import percent, percent_range, table_of
from evaluation.behaviour.written_names import measure_written_names, read_names
from evaluation.dataset import Comment, load_split
from terminal.ending import ending

ModelFolder = Annotated[Path, typer.Option(envvar="MODEL", help="The model folder to measure.")]

console = Console(highlight=False)


@ending("behaviour")
def main(
    *,
    model: ModelFolder = Path("model"),
    output: Annotated[Path, typer.Option(help="Folder of behaviour.md and behaviour.json.")] = Path(
        "docs/quality"
    ),
    goemotions: Annotated[
        bool, typer.Option(help="Write names into GoEmotions' dev comments too.")
    ] = True,
) -> None:
    """Measure how a model behaves on the cases written for this project.

    Ends with 0, with 1 where a minimum is missed or too many swaps flip, with 2 where it can't run.
    """
    # Threads that spin while they wait took ten times the CPU on cores that others want too.
    # OpenMP reads this once, as torch is imported.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    report = _measure(model, dev=load_split("dev") if goemotions else None)
    _print(report.behaviour)
    write_report(report, output)
    console.print(f"Written to {output}/behaviour.md and behaviour.json.", soft_wrap=True)
    if report.behaviour.missed or not all_flips(report.behaviour).is_met:
        raise SystemExit(1)


def _measure(model: Path, dev: Sequence[Comment] | None) -> Report:
    capabilities, names = read_capabilities(), read_names()
    from evaluation.served_model import load_served  # noqa: PLC0415 - torch: seconds

    classifier, info = load_served(model)
    behaviour = measure_behaviour(classifier, capabilities)
    if dev is None:
        return Report(info.version, behaviour)
    return Report(info.version, behaviour, measure_written_names(classifier, dev, names))


def _print(behaviour: Behaviour) -> None:
    console.print(table_of(behaviour))
    flips = all_flips(behaviour)
    console.print(
        f"\nFlips: {flips.flipped} of {flips.swaps} swaps, {percent(flips.rate)} %, "
        f"95 % interval {percent_range(flips.interval)} %"
    )


if __name__ == "__main__":
    typer.run(main)
