"""The folder of a run: figures as CSV and JSON, tables as Markdown, plots."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.about import headline
from benchmarks.contender import Contender
from benchmarks.figures import Figures
from benchmarks.frontier import clients_of, frontier
from benchmarks.frontier_plot import draw_frontier
from benchmarks.plots import draw_growth, draw_latency, draw_throughput
from benchmarks.record import Record
from benchmarks.tables import tables_of
from terminal.results import write_json


def write_figures(folder: Path, record: Record, *, judged: bool) -> None:
    """Write all but the plots; called after each turn, so that a run broken off is not lost."""
    about = headline(record.about)
    for name, frame in _frames(record):
        with (folder / f"{name}.csv").open("w", encoding="utf-8") as file:
            file.write(f"# {about}\n")
            frame.to_csv(file, index=False)
    write_json(folder / "results.json", _document(record))
    notes = [f"Not measured: {key}: {why}" for key, why in record.failures.items()]
    tables = [table.as_markdown() for table in tables_of(record, judged=judged)]
    text = "\n".join([*tables, *(f"{note}\n" for note in notes), f"{about}.\n"])
    (folder / "table.md").write_text(text, encoding="utf-8")


def draw_plots(folder: Path, record: Record) -> None:
    """Draw what there are figures for."""
    about = headline(record.about)
    figures = Figures(record)
    if figures.contenders:
        draw_throughput(figures, about, folder / "throughput.png")
        draw_latency(figures, about, folder / "latency.png")
    if points := frontier(record, figures):
        draw_frontier(points, clients_of(figures), about, folder / "frontier.png")
    if record.growth.by_tokens:
        draw_growth(record, about, folder / "growth.png")


def _frames(record: Record) -> Iterator[tuple[str, pd.DataFrame]]:
    frames = {
        "measurements": record.measurements(),
        "turns": record.states(),
        "sweep": record.swept(),
        "by_tokens": record.growth_by_tokens(),
        "by_workers": record.growth_by_workers(),
        "by_rate": record.growth_by_rate(),
    }
    return ((name, frame) for name, frame in frames.items() if not frame.empty)


def _document(record: Record) -> dict[str, Any]:
    return {
        "about": record.about,
        "contenders": [_contender(record, each) for each in record.contenders],
        "turns": [
            {"contender": key, "round": number, **asdict(turn)}
            for key, number, turn in record.turns
        ],
        "sweep": [
            {"contender": key, "options": options, **asdict(measurement)}
            for key, options, measurement in record.sweeps
        ],
        "growth": asdict(record.growth),
    }


def _contender(record: Record, contender: Contender) -> dict[str, Any]:
    key = contender.key
    quality = record.qualities.get(key)
    return {
        "key": key,
        "name": contender.name,
        "about": contender.about,
        "role": contender.role,
        "options": record.options.get(key, {}),
        "failure": record.failures.get(key),
        "quality": None if quality is None else asdict(quality),
    }
