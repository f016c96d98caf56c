"""The folder of a run: figures as CSV and JSON, tables as Markdown, plots."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import pandas as pd

from benchmarks.report.about import headline
from benchmarks.report.plots import draw_frontier, draw_growth, draw_latency, draw_throughput
from benchmarks.report.record import BenchRecord
from benchmarks.report.tables import FigureTable
from terminal.results import write_json

FILE: Final = "results.json"


def write_figures(folder: Path, record: BenchRecord, tables: Sequence[FigureTable]) -> None:
    """Write all but the plots; called after each turn, so that a run broken off is not lost."""
    write_csv(folder, record)
    write_json(folder / FILE, _document(record))
    (folder / "table.md").write_text(as_markdown(tables, record), encoding="utf-8")


def draw_plots(folder: Path, record: BenchRecord) -> None:
    """Draw what there are figures for."""
    if record.turns:
        draw_throughput(record, folder / "throughput.png")
        draw_latency(record, folder / "latency.png")
    draw_frontier(record, folder / "frontier.png")
    draw_growth(record, folder / "growth.png")


def write_csv(folder: Path, record: BenchRecord, prefix: str = "") -> list[Path]:
    """Write the tables that have rows as CSV, each with the run in its first line."""
    files = []
    for name, rows in record.rows().items():
        if rows:
            files.append(folder / f"{prefix}{name}.csv")
            lines = pd.DataFrame(rows).to_csv(index=False, lineterminator="\n")
            files[-1].write_text(f"# {headline(record.about)}\n{lines}", encoding="utf-8")
    return files


def as_markdown(tables: Sequence[FigureTable], record: BenchRecord) -> str:
    """The tables, then what failed, then what it was measured on."""
    notes = [f"Not measured: {name}: {why}\n" for name, why in record.failures.items()]
    ground = f"{headline(record.about)}.\n"
    return "\n".join([*(table.as_markdown() for table in tables), *notes, ground])


def _document(record: BenchRecord) -> dict[str, Any]:
    return {
        "about": record.about,
        "contenders": [
            {
                **{name: getattr(each, name) for name in ("key", "name", "about", "role")},
                "options": record.options(each) if each.key in record.trials else {},
                "failure": record.failures.get(each.key),
                "quality": quality and asdict(quality),
            }
            for each in record.contenders
            for quality in [record.hit_rates.get(each.key)]
        ],
        "turns": [
            {"contender": key, "round": number, **asdict(turn)}
            for (key, number), turn in record.turns.items()
        ],
        "sweep": [
            {"contender": key, "options": options, **asdict(measurement)}
            for key, tried in record.trials.items()
            for options, measurement in tried
        ],
        "growth": asdict(record.growth),
    }
