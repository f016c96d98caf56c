"""Precision, recall and F1 of each served label."""

from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from evaluation.quality_report.plot_style import (
    BLUE,
    GRID,
    INK,
    MUTED,
    ORANGE,
    add_legend,
    new_figure,
    style,
)
from evaluation.quality_report.report import Report


def draw_labels(report: Report) -> Figure:
    """A row a label of test, the best F1 on top; labels that do not occur are left out."""
    rows = [each for each in report.served.labels["test"].labels if each.support]
    rows = sorted(rows, key=lambda each: (each.f1, each.label))
    figure = new_figure(8, 1.2 + 0.32 * len(rows))
    axes = figure.add_subplot()
    style(axes, "Label by label, on test")
    for row, each in enumerate(rows):
        axes.plot([each.precision, each.recall], [row, row], color=GRID, linewidth=3)
        axes.plot(each.precision, row, "o", color=BLUE, markersize=6)
        axes.plot(each.recall, row, "o", color=ORANGE, markersize=6)
        axes.plot(each.f1, row, "|", color=INK, markersize=11, markeredgewidth=2)
    axes.set_yticks(range(len(rows)), [f"{each.label} ({each.support})" for each in rows])
    axes.tick_params(axis="y", labelcolor=INK)
    axes.set_ylim(-0.7, len(rows) - 0.3)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.plot([], [], "o", color=BLUE, label="precision")
    axes.plot([], [], "o", color=ORANGE, label="recall")
    axes.plot([], [], "|", color=INK, markersize=11, markeredgewidth=2, label="F1")
    add_legend(axes)
    axes.set_ylabel("label (comments with it)", color=MUTED)
    return figure
