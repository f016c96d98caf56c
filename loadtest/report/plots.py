"""The pictures of a run: one for each metric over time, and all of them in one."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from evaluation.plot_style import (
    AMBER,
    BLUE,
    GREEN,
    GREY,
    MUTED,
    ORANGE,
    PALE,
    VIOLET,
    save_png,
    styled,
)
from loadtest.judging.timeline import by_second
from loadtest.report.results import RunData

_MOST_POINTS: Final = 150
_MIDDLE_BLUE: Final = "#5c97ea"
_DARK_BLUE: Final = "#123f87"


@dataclass(frozen=True, slots=True)
class Panel:
    """One metric over time: columns of the timeline with their colours, and labels if several.

    The area below a single line is tinted.
    """

    file: str
    title: str
    colours: Mapping[str, str]
    labels: Sequence[str] = ()


PANELS: Final = (
    Panel("requests_per_second", "Requests answered a second", {"requests": BLUE}),
    Panel("failures_per_second", "Failures a second", {"failures": ORANGE}),
    Panel("total_requests", "Requests in all", {"total_requests": BLUE}),
    Panel("total_failures", "Failures in all", {"total_failures": ORANGE}),
    Panel("average_response_time", "Average response time, ms", {"mean_ms": BLUE}),
    Panel(
        "percentiles",
        "Response time percentiles, ms",
        {"p50": PALE, "p90": _MIDDLE_BLUE, "p95": BLUE, "p99": _DARK_BLUE},
        ("p50", "p90", "p95", "p99"),
    ),
    Panel("content_size", "Average size of an answer, bytes", {"size": VIOLET}),
    Panel("users", "Users", {"users": GREEN}),
)
# If the service's processes can be seen.
PROCESS_PANELS: Final = (
    Panel(
        "memory",
        "Memory, MB",
        {"jvm_mb": AMBER, "worker_mb": VIOLET},
        ("JVM", "workers, summed"),
    ),
    Panel(
        "processor",
        "Processor, % of a core",
        {"jvm_cpu": AMBER, "worker_cpu": VIOLET, "generator_cpu": GREY},
        ("JVM", "workers, summed", "load generator"),
    ),
)

# The seconds at which something was done to the service, with what it was.
_Marks = Sequence[tuple[float, str]]


@styled
def draw_run(run: RunData, folder: Path) -> None:
    """Write the pictures of ``run`` into ``folder``; the one of all panels is ``overview.png``."""
    timeline = timeline_of(run)
    panels = [*PANELS, *PROCESS_PANELS] if "jvm_mb" in timeline else list(PANELS)
    marks = [(action["began_s"], action["detail"]) for action in run.summary["actions"]]
    for panel in panels:
        figure = Figure(figsize=(8, 4))
        _draw(figure.add_subplot(), panel, timeline, marks)
        save_png(figure, folder / f"{panel.file}.png")
    rows = math.ceil(len(panels) / 2)
    overview = Figure(figsize=(14, 3 * rows + 1))
    for axes, panel in zip(overview.subplots(rows, 2).flat, panels, strict=True):
        _draw(axes, panel, timeline, marks)
    overview.suptitle(headline(run.summary), x=0.01, ha="left")
    save_png(overview, folder / "overview.png")


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


def headline(summary: Mapping[str, Any]) -> str:
    """A run in one line."""
    ms = summary["ms"]
    return (
        f"{summary['name']}: {summary['requests']:,} requests in {summary['seconds']:.0f} s, "
        f"{summary['failures']:,} failed, {summary['requests_per_second']:.0f}/s, "
        f"p50 {ms['p50']:,.0f} ms, p95 {ms['p95']:,.0f} ms, p99 {ms['p99']:,.0f} ms"
    )


def set_up(axes: Axes, title: str) -> None:
    """A title, and a value axis with few, whole, readable numbers."""
    axes.set_title(title)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))


def _draw(axes: Axes, panel: Panel, timeline: pd.DataFrame, marks: _Marks) -> None:
    set_up(axes, panel.title)
    axes.set_xlabel("seconds", loc="right")
    every_s = timeline.index.step
    middles = timeline.index + every_s / 2
    values = timeline[list(panel.colours)]
    for column, colour in panel.colours.items():
        axes.plot(middles, values[column], color=colour)
        if len(panel.colours) == 1:
            axes.fill_between(middles, values[column], color=colour, alpha=0.12, linewidth=0)
    axes.set_xlim(0, timeline.index[-1] + every_s)
    highest = values.max().max()
    if highest > 0:
        axes.set_ylim(0, highest * 1.12)
    else:
        axes.set(ylim=(0, 1), yticks=[0])
        axes.text(0.5, 0.5, "none", transform=axes.transAxes, ha="center", color=MUTED)
    _mark(axes, marks)
    if panel.labels:
        axes.legend(
            axes.get_lines()[: len(panel.labels)],
            panel.labels,
            ncols=len(panel.labels),
            loc="lower right",
            bbox_to_anchor=(1, 1),
            borderaxespad=0,
        )


def _mark(axes: Axes, marks: _Marks) -> None:
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
