"""``make loadtest-compare A=... B=...``: two runs side by side, as a table and as a picture."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
import typer
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from rich.console import Console
from rich.table import Table

from evaluation.plot_style import BLUE, MUTED, ORANGE, save_png, styled
from loadtest.options import RESULTS
from loadtest.report.plots import headline, set_up, timeline_of
from loadtest.report.results import ResultsError, RunData
from terminal.ending import ending
from terminal.results import write_json

_COLOURS: Final = (BLUE, ORANGE)


# Each figure of a summary: its name, 1 if more is better and -1 if less is, and where it is.
_FIGURES: Final = (
    ("requests", 1, ("requests",)),
    ("failed", -1, ("failures",)),
    ("requests/s", 1, ("requests_per_second",)),
    *((f"{name} ms", -1, ("ms", name)) for name in ("mean", "p50", "p90", "p95", "p99", "max")),
    ("seconds", 0, ("seconds",)),
)


@ending("compare")
def main(
    a: Annotated[str, typer.Argument(help="A results folder, or its name in loadtest/results.")],
    b: Annotated[str, typer.Argument(help="The other one.")],
    output: Annotated[
        Path | None,
        typer.Option(help="Where to write.", show_default="loadtest/results/compare-A-B"),
    ] = None,
) -> None:
    """Put two runs side by side. Writes comparison.json and comparison.png."""
    runs = [RunData.load(_find(name)) for name in (a, b)]
    settings = _differences(*(_settings(_find(name)) for name in (a, b)))
    figures = {
        name: {ab: _value(run.summary, keys) for ab, run in zip("ab", runs, strict=True)}
        for name, _, keys in _FIGURES
    }
    folder = output or RESULTS / f"compare-{runs[0].name}-{runs[1].name}"
    folder.mkdir(parents=True, exist_ok=True)
    document = {
        "a": runs[0].name,
        "b": runs[1].name,
        "figures": figures,
        "settings": settings,
    }
    write_json(folder / "comparison.json", document)
    save_png(_draw(runs), folder / "comparison.png")
    _tell(runs, figures, settings)
    print(f"results: {folder}")


def _value(summary: Any, keys: Sequence[str]) -> float:  # noqa: ANN401 - JSON
    for key in keys:
        summary = summary[key]
    return float(summary)


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


def _differences(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Where two JSON objects differ, by dotted key: what else may explain other figures."""
    flat_a, flat_b = _flatten(a), _flatten(b)
    return {
        key: (flat_a.get(key), flat_b.get(key))
        for key in sorted(flat_a.keys() | flat_b.keys())
        if flat_a.get(key) != flat_b.get(key)
    }


def _flatten(value: Any, key: str = "") -> dict[str, Any]:  # noqa: ANN401 - JSON
    if not isinstance(value, dict):
        return {key: value}
    nested = (_flatten(own, f"{key}.{name}" if key else name) for name, own in value.items())
    return {name: own for flat in nested for name, own in flat.items()}


@styled
def _draw(runs: Sequence[RunData]) -> Figure:
    """Rate and p95 over time, the share answered within a time, and the percentiles."""
    figure = Figure(figsize=(14, 8.5))
    (rate, p95), (share, bars) = figure.subplots(2, 2)
    for run, colour in zip(runs, _COLOURS, strict=True):
        timeline = timeline_of(run)
        rate.plot(timeline.index, timeline["requests"], color=colour)
        p95.plot(timeline.index, timeline["p95"], color=colour)
        ms = np.sort(run.requests["ms"])
        share.plot(ms, np.linspace(0, 100, len(ms)), color=colour)
    set_up(rate, "Requests answered a second")
    set_up(p95, "p95, ms")
    for axes in (rate, p95):
        axes.set_xlabel("seconds", loc="right")
        axes.set_ylim(bottom=0)
    set_up(share, "Share answered within so many ms, %")
    share.set(xscale="log", ylim=(0, 102))
    share.set_xlabel("ms", loc="right")
    share.xaxis.set_major_formatter(FuncFormatter(lambda ms, _: f"{ms:,g}"))
    share.grid(axis="x")
    _draw_percentiles(bars, runs)
    figure.legend(
        handles=rate.get_lines(),
        labels=[
            f"{ab}  {run.name}   {headline(run.summary)}"
            for ab, run in zip("AB", runs, strict=True)
        ],
        loc="outside upper left",
        fontsize=12,
    )
    return figure


def _draw_percentiles(axes: Axes, runs: Sequence[RunData]) -> None:
    set_up(axes, "Percentiles, ms")
    names = ("p50", "p90", "p95", "p99")
    width = 0.38
    for number, (run, colour) in enumerate(zip(runs, _COLOURS, strict=True)):
        places = np.arange(len(names)) + (number - 0.5) * width
        values = [run.summary["ms"][name] for name in names]
        bars = axes.bar(places, values, width * 0.94, color=colour)
        axes.bar_label(bars, fmt="{:,.0f}", fontsize=9, color=MUTED, padding=2)
    axes.set_xticks(range(len(names)), names)


def _tell(
    runs: Sequence[RunData],
    figures: Mapping[str, Mapping[str, float]],
    settings: Mapping[str, tuple[Any, Any]],
) -> None:
    console = Console(highlight=False)
    heads = [f"{ab}  {run.name}" for ab, run in zip("AB", runs, strict=True)]
    table = Table("", *heads, "B against A", box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for name, better, _ in _FIGURES:
        a, b = figures[name].values()
        table.add_row(name, f"{a:,g}", f"{b:,g}", _change(a, b, better))
    table.add_row("verdict", *(run.ending for run in runs), "")
    console.print(table)
    for key, (of_a, of_b) in settings.items():
        console.print(f"{key}: {of_a} / {of_b}", markup=False)


def _change(a: float, b: float, better: int) -> str:
    if not a:
        return ""
    percent = (b / a - 1) * 100
    good = percent * better
    colour = "green" if good > 0 else "red" if good < 0 else "default"
    return f"[{colour}]{percent:+.1f} %[/]"


if __name__ == "__main__":
    typer.run(main)
