"""What the encoders of several archives answer a second, in this one process, in turns.

``python -m benchmarks.archives fp32.mar int8.mar``: whether int8 pays on a CPU, or torch on a GPU,
is known when it was run there, on a machine that does nothing else.
"""

import tempfile
import time
import zipfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median
from typing import Annotated, Final, Self

import typer
import yaml
from rich.console import Console
from rich.table import Table

from evaluation.comment_pool import Source, load_comments
from goemotions.classifier import Classifier
from goemotions.served_model import ServedModel
from goemotions.settings import Settings
from service.machine import describe_machine

BATCHES: Final = (1, 8, 32)
_SEED: Final = 2023


@dataclass(frozen=True, slots=True)
class Contender:
    """One archive's classifier, as a worker loads it, and what serves in it."""

    name: str
    classifier: Classifier

    @classmethod
    def load(cls, archive: Path, folder: Path, gpu: int | None) -> Self:
        """Unpack ``archive`` into ``folder`` and load it; raises as the handler does."""
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(folder)
        config = yaml.safe_load((folder / "model-config.yaml").read_text(encoding="utf-8"))
        settings = Settings.from_mapping(config.get("handler") or {})
        model = ServedModel.load(folder, settings, gpu)
        precision = model.quantization.precision if model.quantization else "fp32"
        encoder = model.encoder
        name = f"{archive.name}: {encoder.kind}, {precision}, {encoder.device}"
        return cls(name, model.classifier)

    def rate(self, comments: Sequence[str], batch: int) -> float:
        """Comments classified a second, given in batches of ``batch``."""
        start = time.perf_counter()
        for first in range(0, len(comments), batch):
            self.classifier.classify(comments[first : first + batch])
        return len(comments) / (time.perf_counter() - start)


def main(
    archives: Annotated[list[Path], typer.Argument(exists=True, help="Built by make package.")],
    *,
    comments: Annotated[int, typer.Option(min=1, help="Comments in each measurement.")] = 512,
    rounds: Annotated[int, typer.Option(min=1, help="Measurements of each.")] = 7,
    gpu: Annotated[int | None, typer.Option(help="The GPU that a worker would be given.")] = None,
) -> None:
    """Time the archives' encoders on real comments where they are at hand."""
    pool = load_comments(Source.AUTO)
    drawn = Random(_SEED).choices(pool.comments, k=comments)  # noqa: S311 - no secret is drawn
    with ExitStack() as folders:
        contenders = [
            Contender.load(archive, Path(folders.enter_context(tempfile.TemporaryDirectory())), gpu)
            for archive in archives
        ]
        table = _table(contenders, drawn, rounds)
    machine = describe_machine(None)
    table.caption = (
        f"{machine['processor']}, load {machine['load_average'][0]}; {comments} comments of "
        f"{pool.origin}; median (lowest-highest) of {rounds}"
    )
    Console(highlight=False).print(table)


def measure(
    contenders: Sequence[Contender], comments: Sequence[str], batch: int, rounds: int
) -> list[list[float]]:
    """The rates of each contender, in its order; in each round another one comes first."""
    rates: list[list[float]] = [[] for _ in contenders]
    for number in range(rounds):
        for step in range(len(contenders)):
            index = (number + step) % len(contenders)
            rates[index].append(contenders[index].rate(comments, batch))
    return rates


def _table(contenders: Sequence[Contender], comments: Sequence[str], rounds: int) -> Table:
    table = Table("comments a second", *(f"batch {batch}" for batch in BATCHES))
    columns = []
    for batch in BATCHES:
        rates = measure(contenders, comments, batch, rounds)
        first = median(rates[0])
        columns.append([_cell(each, first) for each in rates])
    for contender, *cells in zip(contenders, *columns, strict=True):
        table.add_row(contender.name, *cells)
    return table


def _cell(rates: Sequence[float], first: float) -> str:
    middle = median(rates)
    return f"{middle:.0f} ({min(rates):.0f}-{max(rates):.0f}), {middle / first:.2f} x"


if __name__ == "__main__":
    typer.run(main)
