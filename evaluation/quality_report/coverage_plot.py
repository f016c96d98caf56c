"""The hit rate of the surest comments."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from evaluation.quality_report.coverage import Curve, Threshold
from evaluation.quality_report.plot_style import (
    BLUE,
    MUTED,
    ORANGE,
    PALE,
    add_legend,
    new_figure,
    style,
)
from evaluation.quality_report.report import Report


def draw_coverage(report: Report) -> Figure:
    """Hit rate over the share of comments answered, on dev and test, over the served labels."""
    figure = new_figure(8, 4.6)
    axes = figure.add_subplot()
    style(axes, "Hit rate of the surest comments (14 labels)")
    for split, colour in (("dev", PALE), ("test", BLUE)):
        curve = report.served.coverage[split]
        axes.plot(*_line(curve), color=colour, linewidth=2, label=split)
    for threshold in report.served.thresholds:
        if "test" in threshold.hits:
            _mark(axes, threshold)
    axes.set_xlim(0, 1.01)
    axes.set_xlabel("share of the comments that are answered", color=MUTED)
    axes.set_ylabel("hit rate of the answered", color=MUTED)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1, decimals=0))
    add_legend(axes)
    return figure


def _line(curve: Curve) -> tuple[list[float], list[float]]:
    return [p.answered for p in curve.points], [p.hit_rate for p in curve.points]


def _mark(axes: Axes, threshold: Threshold) -> None:
    answered, rate = threshold.answered["test"].rate, threshold.hits["test"].rate
    axes.plot(answered, rate, "o", color=ORANGE, markersize=7)
    axes.annotate(
        f"score {threshold.score:.2f} or more: {answered:.0%} answered",
        (answered, rate),
        xytext=(9, 11),
        textcoords="offset points",
        color=ORANGE,
        fontsize=9,
    )
