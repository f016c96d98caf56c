"""The hit rate by kind of comment."""

from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from evaluation.quality_report.plot_style import (
    BLUE,
    INK,
    MUTED,
    PALE,
    add_legend,
    new_figure,
    style,
)
from evaluation.quality_report.report import Report
from evaluation.quality_report.slices import Slice


def draw_slices(report: Report) -> Figure:
    """A row a slice, with 95 % intervals of dev and test, and a line at the hit rate of test."""
    names = list(dict.fromkeys(each.name for split in report.slices.values() for each in split))
    figure = new_figure(8, 1.2 + 0.36 * len(names))
    axes = figure.add_subplot()
    style(axes, "Hit rate by kind of comment (14 labels)")
    axes.axvline(report.served.hit_rates["test"].all.rate, color=MUTED, linewidth=1)
    for split, colour, shift in (("test", BLUE, -0.17), ("dev", PALE, 0.17)):
        found = {each.name: each for each in report.slices[split]}
        rows = [(row + shift, found[name]) for row, name in enumerate(names) if name in found]
        for row, each in rows:
            interval = each.hits.interval
            axes.plot([interval.low, interval.high], [row, row], color=colour, linewidth=2)
        axes.plot(*_dots(rows), "o", color=colour, markersize=6, label=split)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", labelcolor=INK)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    add_legend(axes)
    return figure


def _dots(rows: list[tuple[float, Slice]]) -> tuple[list[float], list[float]]:
    return [each.hits.rate for _, each in rows], [row for row, _ in rows]
