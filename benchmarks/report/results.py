"""The folder of a run: figures as CSV and JSON, tables as Markdown, plots."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from benchmarks.contenders.contender import Contender
from benchmarks.report.about import headline
from benchmarks.report.plots import draw_frontier, draw_growth, draw_latency, draw_throughput
from benchmarks.report.record import BenchRecord
from benchmarks.report.table import FigureTable
from terminal.results import write_json

FILE: Final = "results.json"


def write_figures(folder: Path, record: BenchRecord, tables: Sequence[FigureTable]) -> None:
    """Write all but the plots; called after each turn, so that a run broken off is not lost."""
    write_frames(folder, record)
    write_json(folder / FILE, _document(record))
    (folder / "table.md").write_text(as_markdown(tables, record), encoding="utf-8")


def draw_plots(folder: Path, record: BenchRecord) -> None:
    """Draw what there are figures for."""
    about, medians = headline(record.about), record.medians()
    if record.turns:
        draw_throughput(record, medians, about, folder / "throughput.png")
        draw_latency(record, medians, about, folder / "latency.png")
    draw_frontier(record, medians, about, folder / "frontier.png")
    draw_growth(record, about, folder / "growth.png")


def write_frames(folder: Path, record: BenchRecord, prefix: str = "") -> list[Path]:
    """Write the frames that have rows as CSV, each with the run in its first line."""
    files = []
    for name, frame in record.frames().items():
        if not frame.empty:
            files.append(folder / f"{prefix}{name}.csv")
            lines = frame.to_csv(index=False, lineterminator="\n")
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
        "contenders": [_contender(record, each) for each in record.contenders],
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


def _contender(record: BenchRecord, contender: Contender) -> dict[str, Any]:
    key = contender.key
    quality = record.hit_rates.get(key)
    return {
        "key": key,
        "name": contender.name,
        "about": contender.about,
        "role": contender.role,
        "options": record.options(contender) if key in record.trials else {},
        "failure": record.failures.get(key),
        "quality": None if quality is None else asdict(quality),
    }
