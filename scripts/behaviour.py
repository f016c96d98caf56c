"""``python -m scripts.behaviour``: measures a model on the cases of ``capabilities/``."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from evaluation.behaviour.measuring import all_flips, measure_behaviour
from evaluation.behaviour.reading import read_capabilities
from evaluation.behaviour.report import table_of, write_report
from evaluation.behaviour.written_names import measure_written_names, read_names
from evaluation.dataset import load_split
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
    dev = load_split("dev") if goemotions else None
    capabilities, names = read_capabilities(), read_names()
    from evaluation.served_model import load_served  # noqa: PLC0415 - torch: seconds

    classifier, info = load_served(model)
    behaviour = measure_behaviour(classifier, capabilities)
    written_names = measure_written_names(classifier, dev, names) if dev else None
    flips = all_flips(behaviour)
    console.print(table_of(behaviour))
    console.print(
        f"\nFlips: {flips.flipped} of {flips.swaps} swaps, {percent(flips.rate)}, "
        f"95 % interval {percent_range(flips.interval)}"
    )
    write_report(info.version, behaviour, written_names, output)
    console.print(f"Written to {output}/behaviour.md and behaviour.json.", soft_wrap=True)
    if behaviour.missed or not flips.is_met:
        raise SystemExit(FAILED)


if __name__ == "__main__":
    typer.run(main)
