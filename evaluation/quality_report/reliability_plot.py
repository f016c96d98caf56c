"""Scores against hits, for both taxonomies."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from evaluation.quality_report.plot_style import BLUE, GRID, INK, MUTED, PALE, new_figure, style
from evaluation.quality_report.reliability import Bin, Reliability
from evaluation.quality_report.report import Report
from goemotions.taxonomy import Taxonomy

FEWEST_DRAWN: Final = 10


def draw_reliability(report: Report) -> Figure:
    """A panel a taxonomy: hit rate over mean score, and below it how many comments score so."""
    figure = new_figure(11, 5.6)
    panels = figure.subplots(2, 2, sharex=True, height_ratios=(4, 1))
    for (curve, bars), taxonomy in zip(panels.T, Taxonomy, strict=True):
        reliability = report.taxonomies[taxonomy].reliability
        _draw_curve(curve, f"{len(taxonomy.labels)} labels", reliability)
        _draw_bars(bars, reliability["test"].bins)
    panels[0, 0].set_ylabel("hit rate", color=MUTED)
    panels[1, 0].set_ylabel("comments\nof test", color=MUTED)
    for axes in panels[1]:
        axes.set_xlabel("score of the answer", color=MUTED)
    return figure


def _draw_curve(axes: Axes, title: str, reliability: Mapping[str, Reliability]) -> None:
    style(axes, title)
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
    dev, test = (_drawn(reliability[split].bins) for split in ("dev", "test"))
    axes.plot(*_points(dev), color=PALE, linewidth=1.5, marker="o", markersize=4)
    scores, rates = _points(test)
    reach = np.abs(np.array([[b.hits.interval.low, b.hits.interval.high] for b in test]).T - rates)
    axes.errorbar(
        scores, rates, reach, color=BLUE, linewidth=1.5, elinewidth=1, marker="o", markersize=5
    )
    axes.text(
        0.04,
        0.93,
        f"test: calibration error {reliability['test'].error:.3f}",
        color=BLUE,
        fontsize=10,
    )
    axes.text(0.04, 0.86, f"dev: {reliability['dev'].error:.3f}", color=PALE, fontsize=10)
    axes.text(0.21, 0.12, "promise kept", color=MUTED, fontsize=8)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.02)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1, decimals=0))


def _drawn(bins: tuple[Bin, ...]) -> tuple[Bin, ...]:
    return tuple(each for each in bins if each.hits.of >= FEWEST_DRAWN)


def _points(bins: tuple[Bin, ...]) -> tuple[list[float], list[float]]:
    return [each.mean_score for each in bins], [each.hits.rate for each in bins]


def _draw_bars(axes: Axes, bins: tuple[Bin, ...]) -> None:
    style(axes, "")
    axes.grid(visible=False, axis="x")
    for each in bins:
        middle, width = (each.low + each.high) / 2, 0.92 * (each.high - each.low)
        axes.bar(middle, each.hits.of, width, color=GRID, edgecolor=INK, linewidth=0)
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
