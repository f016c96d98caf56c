"""The picture of this project's archives: how good each is against how much it answers."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from benchmarks.frontier import Point
from benchmarks.plots import DPI, save
from loadtest.panels import BLUE, GRID, INK, MUTED, SURFACE
from loadtest.plots import style

_BEATEN: Final = "#9aa3b0"


def draw_frontier(points: Sequence[Point], clients: int, about: str, file: Path) -> None:
    """Hit rate by comments a second, with the standard error of the one, the range of the other."""
    figure = Figure(figsize=(9, 5.2), dpi=DPI, layout="constrained", facecolor=SURFACE)
    axes = figure.add_subplot()
    style(axes, "Hit rate on dev, with its standard error")
    axes.grid(axis="x", color=GRID, linewidth=0.8)
    axes.set_xlabel(f"comments a second, {clients} clients", color=MUTED, fontsize=9, loc="right")
    best = sorted((each for each in points if each.best), key=lambda each: each.rate.median)
    axes.plot(
        [each.rate.median for each in best],
        [each.quality.hit_rate for each in best],
        color=BLUE,
        linewidth=1.2,
        alpha=0.5,
    )
    for each in points:
        _draw(axes, each)
    axes.margins(y=0.2)
    # From nothing, so that twice as far is twice as many; on the right, room for a name.
    axes.set_xlim(0, 1.25 * max(each.rate.high for each in points))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6))
    axes.yaxis.set_major_formatter(PercentFormatter(xmax=1, decimals=1))
    save(figure, about, file)


def _draw(axes: Axes, point: Point) -> None:
    rate, quality = point.rate, point.quality
    axes.errorbar(
        rate.median,
        quality.hit_rate,
        xerr=[[rate.median - rate.low], [rate.high - rate.median]],
        yerr=quality.standard_error,
        fmt="o",
        color=BLUE if point.best else _BEATEN,
        elinewidth=1,
        markersize=7,
    )
    axes.annotate(
        point.contender.name.removeprefix("goemotions-serve, "),
        (rate.median, quality.hit_rate),
        xytext=(8, 8),
        textcoords="offset points",
        fontsize=9,
        color=INK if point.best else MUTED,
    )
