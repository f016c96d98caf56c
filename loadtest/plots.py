"""The pictures of a run: one for each metric over time, and all of them in one."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from loadtest.panels import GRID, INK, MUTED, PANELS, PROCESS_PANELS, SURFACE, Panel
from loadtest.results import RunData
from loadtest.timeline import by_second

_MOST_POINTS: Final = 150
_DPI: Final = 130


def draw_run(run: RunData, folder: Path) -> None:
    """Write the pictures of ``run`` into ``folder``; the one of all panels is ``overview.png``."""
    timeline = timeline_of(run)
    panels = [*PANELS, *PROCESS_PANELS] if "jvm_mb" in timeline else list(PANELS)
    marks = [(action["began_s"], action["detail"]) for action in run.summary["actions"]]
    for panel in panels:
        figure = Figure(figsize=(8, 4), dpi=_DPI, layout="constrained", facecolor=SURFACE)
        _draw(figure.add_subplot(), panel, timeline, marks)
        figure.savefig(folder / f"{panel.file}.png")
    _draw_overview(run, panels, timeline, marks).savefig(folder / "overview.png")


def timeline_of(run: RunData) -> pd.DataFrame:
    """Everything that is drawn, by second since the start, at most 150 rows."""
    seconds = max(1, int(run.summary["seconds"]))
    every_s = math.ceil(seconds / _MOST_POINTS)
    timeline = by_second(run.requests, seconds, every_s)
    timeline["users"] = run.users.reindex(range(seconds)).ffill().fillna(0).reindex(timeline.index)
    for name, own in run.samples.groupby("process"):
        summed = own.groupby("at_s")[["rss_mb", "cpu_percent"]].sum()
        means = summed.groupby((summed.index // every_s * every_s).astype(int)).mean()
        timeline[f"{name}_mb"] = means["rss_mb"].reindex(timeline.index).interpolate()
        timeline[f"{name}_cpu"] = means["cpu_percent"].reindex(timeline.index).interpolate()
    return timeline


def _draw_overview(
    run: RunData,
    panels: Sequence[Panel],
    timeline: pd.DataFrame,
    marks: Sequence[tuple[float, str]],
) -> Figure:
    rows = math.ceil(len(panels) / 2)
    figure = Figure(figsize=(14, 3 * rows + 1), dpi=_DPI, layout="constrained", facecolor=SURFACE)
    grid = figure.subplots(rows, 2, squeeze=False)
    for axes in grid.flat[len(panels) :]:
        axes.set_visible(False)
    for axes, panel in zip(grid.flat, panels, strict=False):
        _draw(axes, panel, timeline, marks)
    figure.suptitle(headline(run.summary), color=INK, fontsize=13, x=0.01, ha="left")
    return figure


def headline(summary: Any) -> str:  # noqa: ANN401 - JSON
    """A run in one line."""
    ms = summary["ms"]
    return (
        f"{summary['name']}: {summary['requests']:,} requests in {summary['seconds']:.0f} s, "
        f"{summary['failures']:,} failed, {summary['requests_per_second']:.0f}/s, "
        f"p50 {ms['p50']:,.0f} ms, p95 {ms['p95']:,.0f} ms, p99 {ms['p99']:,.0f} ms"
    )


def style(axes: Axes, title: str) -> None:
    """The look that all plots share."""
    axes.set_facecolor(SURFACE)
    axes.set_title(title, loc="left", color=INK, fontsize=11)
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[:].set_visible(False)
    axes.spines["bottom"].set(visible=True, color=GRID)
    axes.tick_params(length=0, colors=MUTED, labelsize=9)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))


def _draw(
    axes: Axes, panel: Panel, timeline: pd.DataFrame, marks: Sequence[tuple[float, str]]
) -> None:
    style(axes, panel.title)
    axes.set_xlabel("seconds", color=MUTED, fontsize=9, loc="right")
    every_s = timeline.index.step
    middles = timeline.index + every_s / 2
    for line in panel.lines:
        values = timeline[line.column]
        axes.plot(middles, values, color=line.colour, linewidth=1.8, label=line.label or None)
        if panel.filled:
            axes.fill_between(middles, values, color=line.colour, alpha=0.12, linewidth=0)
    axes.set_xlim(0, timeline.index[-1] + every_s)
    highest = timeline[[line.column for line in panel.lines]].max().max()
    if highest > 0:
        axes.set_ylim(0, highest * 1.12)
    else:
        axes.set(ylim=(0, 1), yticks=[0])
        axes.text(0.5, 0.5, "none", transform=axes.transAxes, ha="center", color=MUTED)
    for at_s, text in marks:
        axes.axvline(at_s, color=MUTED, linewidth=1, linestyle=(0, (3, 3)))
        axes.annotate(
            text,
            (at_s, 1),
            xycoords=("data", "axes fraction"),
            xytext=(4, -2),
            textcoords="offset points",
            va="top",
            fontsize=8,
            color=MUTED,
        )
    if any(line.label for line in panel.lines):
        axes.legend(
            frameon=False,
            ncols=len(panel.lines),
            fontsize=9,
            labelcolor=MUTED,
            loc="lower right",
            bbox_to_anchor=(1, 1),
            borderaxespad=0,
        )
