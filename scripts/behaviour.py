"""``python -m scripts.behaviour``: measures a model on the cases of ``capabilities/``."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from evaluation.behaviour.measuring import Behaviour, all_flips, measure_behaviour
from evaluation.behaviour.reading import read_capabilities
from evaluation.behaviour.report import BehaviourReport, table_of
from evaluation.behaviour.written_names import measure_written_names, read_names
from evaluation.dataset import Comment, load_split
from evaluation.formats import percent, percent_range
from terminal.ending import FAILED, ending

console = Console(highlight=False)


@ending("behaviour")
def main(
    *,
    model: Annotated[
        Path, typer.Option(envvar="MODEL", help="The model folder to measure.")
    ] = Path("model"),
    output: Annotated[Path, typer.Option(help="Folder of behaviour.md and behaviour.json.")] = Path(
        "docs/quality"
    ),
    goemotions: Annotated[
        bool, typer.Option(help="Write names into GoEmotions' dev comments too.")
    ] = True,
) -> None:
    """Measure the behaviour of a model on the cases written for this project.

    Ends with 0, with 1 if a minimum is missed or too many swaps flip, with 2 if it can't run.
    """
    # Threads that spin while they wait took ten times the CPU on cores that others want too.
    # OpenMP reads this once, as torch is imported.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    report = _measure(model, dev=load_split("dev") if goemotions else None)
    _print(report.behaviour)
    report.write(output)
    console.print(f"Written to {output}/behaviour.md and behaviour.json.", soft_wrap=True)
    if report.behaviour.missed or not all_flips(report.behaviour).is_met:
        raise SystemExit(FAILED)


def _measure(model: Path, dev: Sequence[Comment] | None) -> BehaviourReport:
    capabilities, names = read_capabilities(), read_names()
    from evaluation.served_model import load_served  # noqa: PLC0415 - torch: seconds

    classifier, info = load_served(model)
    behaviour = measure_behaviour(classifier, capabilities)
    written_names = measure_written_names(classifier, dev, names) if dev else None
    return BehaviourReport(info.version, behaviour, written_names)


def _print(behaviour: Behaviour) -> None:
    console.print(table_of(behaviour))
    flips = all_flips(behaviour)
    console.print(
        f"\nFlips: {flips.flipped} of {flips.swaps} swaps, {percent(flips.rate)}, "
        f"95 % interval {percent_range(flips.interval)}"
    )


if __name__ == "__main__":
    typer.run(main)
