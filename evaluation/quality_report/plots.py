"""The plots of the quality report; the confusion matrix's is `evaluation.confusion_plot`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from evaluation.formats import Figures
from evaluation.intervals import Share
from evaluation.plot_style import (
    BLUE,
    GRID,
    INK,
    MUTED,
    ORANGE,
    PALE,
    in_percent,
    legend_beside_title,
    styled,
)
from goemotions.taxonomy import Taxonomy

FEWEST_DRAWN: Final = 10
"""Comments in a bin of the reliability plot, without which it is left out."""


@styled
def draw_labels(report: Figures) -> Figure:
    """Precision, recall and F1 on test: a row a label, the best F1 on top.

    Labels that do not occur are left out.
    """
    rows = [
        each for each in report["taxonomies"]["served"]["labels"]["test"]["labels"] if each.support
    ]
    rows = sorted(rows, key=lambda each: (each.f1, each.label))
    figure = Figure(figsize=(8, 1.2 + 0.32 * len(rows)))
    axes = figure.add_subplot()
    places = range(len(rows))
    ends = [[each.precision for each in rows], [each.recall for each in rows]]
    axes.plot(ends, [places, places], color=GRID, linewidth=3)
    for found, colour, name in zip(ends, (BLUE, ORANGE), ("precision", "recall"), strict=True):
        axes.plot(found, places, "o", color=colour, markersize=6, label=name)
    f1 = [each.f1 for each in rows]
    axes.plot(f1, places, "|", color=INK, markersize=11, markeredgewidth=2, label="F1")
    axes.set_title("Label by label, on test")
    _name_rows(axes, [f"{each.label} ({each.support})" for each in rows])
    axes.set_ylim(-0.7, len(rows) - 0.3)
    axes.set_xlim(0, 1)
    in_percent(axes.xaxis)
    legend_beside_title(axes)
    axes.set_ylabel("label (comments with it)")
    return figure


@styled
def draw_slices(report: Figures) -> Figure:
    """Hit rate: a row a slice, with 95 % intervals of dev and test, and a line at that of test."""
    names = list(dict.fromkeys(each.name for split in report["slices"].values() for each in split))
    figure = Figure(figsize=(8, 1.2 + 0.36 * len(names)))
    axes = figure.add_subplot()
    axes.axvline(
        report["taxonomies"]["served"]["hit_rates"]["test"]["all"].rate, color=MUTED, linewidth=1
    )
    for split, colour, shift in (("test", BLUE, -0.17), ("dev", PALE, 0.17)):
        slices = report["slices"][split]
        rates, reach = _with_reach([each.hits for each in slices])
        rows = [names.index(each.name) + shift for each in slices]
        axes.errorbar(rates, rows, xerr=reach, fmt="o", color=colour, elinewidth=2, label=split)
    axes.set_title("Hit rate by kind of comment (14 labels)")
    _name_rows(axes, names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    in_percent(axes.xaxis)
    legend_beside_title(axes)
    return figure


def _with_reach(shares: Sequence[Share]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rates ``(shares,)``, and the reach of their intervals below and above, ``(2, shares)``."""
    rates = np.array([share.rate for share in shares])
    return rates, np.abs(np.array([share.interval for share in shares]).T - rates)


def _name_rows(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", labelcolor=INK)
    axes.grid(visible=True, axis="both")


@styled
def draw_coverage(report: Figures) -> Figure:
    """Hit rate over the share of comments answered, on dev and test, over the served labels."""
    figure = Figure(figsize=(8, 4.6))
    axes = figure.add_subplot()
    served = report["taxonomies"]["served"]
    for split, colour in (("dev", PALE), ("test", BLUE)):
        points = served["coverage"][split]["points"]
        answered, rates = ([p[name] for p in points] for name in ("answered", "hit_rate"))
        axes.plot(answered, rates, color=colour, label=split)
    for threshold in served["thresholds"]:
        if "test" in threshold["hits"]:
            _mark_threshold(axes, threshold)
    axes.set_title("Hit rate of the surest comments (14 labels)")
    axes.grid(visible=True, axis="both")
    axes.set_xlim(0, 1.01)
    axes.set_xlabel("share of the comments that are answered")
    axes.set_ylabel("hit rate of the answered")
    in_percent(axes.xaxis, axes.yaxis)
    legend_beside_title(axes)
    return figure


def _mark_threshold(axes: Axes, threshold: Figures) -> None:
    answered, rate = threshold["answered"]["test"].rate, threshold["hits"]["test"].rate
    axes.plot(answered, rate, "o", color=ORANGE, markersize=7)
    axes.annotate(
        f"score {threshold['score']:.2f} or more: {answered:.0%} answered",
        (answered, rate),
        xytext=(45, 40),
        textcoords="offset points",
        arrowprops={"arrowstyle": "-", "color": ORANGE, "linewidth": 0.8},
        color=ORANGE,
        fontsize=9,
    )


@styled
def draw_reliability(report: Figures) -> Figure:
    """A panel a taxonomy: hit rate over mean score, and below it how many comments score so."""
    figure = Figure(figsize=(11, 5.6))
    panels = figure.subplots(2, 2, sharex=True, height_ratios=(4, 1))
    for (curve, bars), taxonomy in zip(panels.T, Taxonomy, strict=True):
        reliability = report["taxonomies"][taxonomy]["reliability"]
        curve.set_title(f"{len(taxonomy.labels)} labels")
        _draw_curve(curve, reliability)
        _draw_bars(bars, reliability["test"]["bins"])
    panels[0, 0].set_ylabel("hit rate")
    panels[1, 0].set_ylabel("comments\nof test")
    return figure


def _draw_curve(axes: Axes, reliability: Figures) -> None:
    dashes = (0, (4, 3))
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle=dashes, label="perfect")
    for split, colour in (("dev", PALE), ("test", BLUE)):
        bins = [each for each in reliability[split]["bins"] if each["hits"].of >= FEWEST_DRAWN]
        rates, reach = _with_reach([each["hits"] for each in bins])
        axes.errorbar(
            [each["mean_score"] for each in bins],
            rates,
            reach if split == "test" else None,
            color=colour,
            elinewidth=1,
            marker="o",
            markersize=5,
            label=f"{split}: calibration error {reliability[split]['error']:.3f}",
        )
    axes.legend(loc="upper left", labelcolor="linecolor")
    axes.grid(visible=True, axis="both")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.02)
    in_percent(axes.yaxis)


def _draw_bars(axes: Axes, bins: Sequence[Figures]) -> None:
    middles = [(each["low"] + each["high"]) / 2 for each in bins]
    widths = [0.92 * (each["high"] - each["low"]) for each in bins]
    axes.bar(middles, [each["hits"].of for each in bins], widths, color=PALE)
    axes.set_xlabel("score of the answer")
    in_percent(axes.xaxis)


PLOTS: Final[Mapping[str, Callable[[Figures], Figure]]] = {
    "labels.png": draw_labels,
    "reliability.png": draw_reliability,
    "risk-coverage.png": draw_coverage,
    "slices.png": draw_slices,
}
"""By file."""
