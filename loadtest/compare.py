"""``make loadtest-compare A=... B=...``: two runs side by side, as a table and as a picture."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
import typer
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from rich.console import Console
from rich.table import Table

from loadtest.panels import BLUE, GRID, INK, MUTED, SURFACE
from loadtest.plots import headline, style, timeline_of
from loadtest.results import RESULTS, ResultsError, RunData
from terminal.results import write_json

_ORANGE: Final = "#e08a1e"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of both runs. ``better`` is 1 where more is better, -1 where less is."""

    name: str
    a: float
    b: float
    better: int

    @property
    def change_percent(self) -> float | None:
        """From a to b; None where a is 0."""
        return (self.b / self.a - 1) * 100 if self.a else None


_FIGURES: Final[tuple[tuple[str, int, Callable[[Mapping[str, Any]], float]], ...]] = (
    ("requests", 1, lambda run: run["requests"]),
    ("failed", -1, lambda run: run["failures"]),
    ("requests/s", 1, lambda run: run["requests_per_second"]),
    ("mean ms", -1, lambda run: run["ms"]["mean"]),
    ("p50 ms", -1, lambda run: run["ms"]["p50"]),
    ("p90 ms", -1, lambda run: run["ms"]["p90"]),
    ("p95 ms", -1, lambda run: run["ms"]["p95"]),
    ("p99 ms", -1, lambda run: run["ms"]["p99"]),
    ("max ms", -1, lambda run: run["ms"]["max"]),
    ("seconds", 0, lambda run: run["seconds"]),
)


def compare(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[Row]:
    """The figures of two summaries."""
    return [Row(name, figure(a), figure(b), better) for name, better, figure in _FIGURES]


def differences(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Where two JSON objects differ, by dotted key: what else may explain other figures."""
    flat_a, flat_b = dict(_flatten(a)), dict(_flatten(b))
    return {
        key: (flat_a.get(key), flat_b.get(key))
        for key in sorted(flat_a.keys() | flat_b.keys())
        if flat_a.get(key) != flat_b.get(key)
    }


def draw(a: RunData, b: RunData) -> Figure:
    """Rate and p95 over time, the share answered within a time, and the percentiles."""
    figure = Figure(figsize=(14, 8.5), dpi=130, layout="constrained", facecolor=SURFACE)
    (rate, p95), (share, bars) = figure.subplots(2, 2)
    runs = ((a, BLUE), (b, _ORANGE))
    for run, colour in runs:
        timeline = timeline_of(run)
        rate.plot(timeline.index, timeline["requests"], color=colour, linewidth=1.8)
        p95.plot(timeline.index, timeline["p95"], color=colour, linewidth=1.8)
        ms = np.sort(run.requests["ms"])
        share.plot(ms, np.linspace(0, 100, len(ms)), color=colour, linewidth=1.8)
    style(rate, "Requests answered a second")
    style(p95, "p95, ms")
    style(share, "Share answered within so many ms, %")
    share.set_xscale("log")
    share.xaxis.set_major_formatter(FuncFormatter(lambda ms, _: f"{ms:,g}"))
    share.set_ylim(0, 102)
    share.grid(axis="x", color=GRID, linewidth=0.8)
    for axes in (rate, p95):
        axes.set_xlabel("seconds", color=MUTED, fontsize=9, loc="right")
        axes.set_ylim(bottom=0)
    share.set_xlabel("ms", color=MUTED, fontsize=9, loc="right")
    _draw_percentiles(bars, [run for run, _ in runs], [colour for _, colour in runs])
    for line, (run, colour) in enumerate(runs):
        text = f"{'AB'[line]}  {run.name}   {headline(run.summary)}"
        figure.text(0.01, 1.05 - 0.03 * line, text, color=colour, fontsize=12)
    return figure


def main(
    a: Annotated[str, typer.Argument(help="A results folder, or its name in loadtest/results.")],
    b: Annotated[str, typer.Argument(help="The other one.")],
    output: Annotated[
        Path | None,
        typer.Option(help="Where to write.", show_default="loadtest/results/compare-A-B"),
    ] = None,
) -> None:
    """Put two runs side by side. Writes comparison.json and comparison.png."""
    try:
        run_a, run_b = RunData.load(_find(a)), RunData.load(_find(b))
        settings = differences(_settings(_find(a)), _settings(_find(b)))
    except ResultsError as error:
        print(f"compare: {error}", file=sys.stderr)
        raise SystemExit(2) from error
    rows = compare(run_a.summary, run_b.summary)
    folder = output or RESULTS / f"compare-{run_a.name}-{run_b.name}"
    folder.mkdir(parents=True, exist_ok=True)
    document = {
        "a": run_a.name,
        "b": run_b.name,
        "figures": {row.name: {"a": row.a, "b": row.b} for row in rows},
        "settings": settings,
    }
    write_json(folder / "comparison.json", document)
    draw(run_a, run_b).savefig(folder / "comparison.png", bbox_inches="tight")
    _tell(run_a, run_b, rows, settings)
    print(f"results: {folder}")


def _find(name: str) -> Path:
    return Path(name) if Path(name).is_dir() else RESULTS / name


def _settings(folder: Path) -> dict[str, Any]:
    try:
        return {
            file: json.loads((folder / f"{file}.json").read_text(encoding="utf-8"))
            for file in ("settings", "machine")
        }
    except (OSError, ValueError) as error:
        raise ResultsError(f"{folder} is no whole results folder: {error}") from error


def _flatten(value: Any, key: str = "") -> Sequence[tuple[str, Any]]:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return [
            pair
            for name, own in value.items()
            for pair in _flatten(own, f"{key}.{name}" if key else name)
        ]
    return [(key, value)]


def _draw_percentiles(axes: Axes, runs: Sequence[RunData], colours: Sequence[str]) -> None:
    style(axes, "Percentiles, ms")
    names = ("p50", "p90", "p95", "p99")
    width = 0.38
    for number, (run, colour) in enumerate(zip(runs, colours, strict=True)):
        places = np.arange(len(names)) + (number - 0.5) * width
        bars = axes.bar(
            places, [run.summary["ms"][name] for name in names], width * 0.94, color=colour
        )
        axes.bar_label(bars, fmt="{:,.0f}", fontsize=9, color=MUTED, padding=2)
    axes.set_xticks(range(len(names)), names, color=INK)


def _tell(
    a: RunData, b: RunData, rows: Sequence[Row], settings: Mapping[str, tuple[Any, Any]]
) -> None:
    console = Console(highlight=False)
    table = Table("", f"A  {a.name}", f"B  {b.name}", "B against A", box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows:
        table.add_row(row.name, f"{row.a:,g}", f"{row.b:,g}", _change(row))
    for name, run in (("A", a), ("B", b)):
        passed = "passed" if run.summary["verdict"]["passed"] else "failed"
        table.caption = f"{table.caption or ''}{name}: {passed}   "
    console.print(table)
    for key, (of_a, of_b) in settings.items():
        console.print(f"{key}: {of_a} / {of_b}", markup=False)


def _change(row: Row) -> str:
    if row.change_percent is None:
        return ""
    good = row.change_percent * row.better
    colour = "green" if good > 0 else "red" if good < 0 else "default"
    return f"[{colour}]{row.change_percent:+.1f} %[/]"


if __name__ == "__main__":
    typer.run(main)
