"""The style of all plots: ``plots.mplstyle``, and its colours by name."""

from pathlib import Path
from typing import Final

from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

SURFACE: Final = "#fcfcfb"
INK: Final = "#0b0b0b"
MUTED: Final = "#52514e"
GRID: Final = "#e3e2de"
BLUE: Final = "#2a6fdb"
PALE: Final = "#9bc1f5"
ORANGE: Final = "#c4572e"
GREEN: Final = "#2f8f5b"
VIOLET: Final = "#7a5cc4"
AMBER: Final = "#c98500"
GREY: Final = "#8a8985"

# From matplotlib's defaults, and not from the caller's own matplotlibrc.
styled = style.context(["default", Path(__file__).with_name("plots.mplstyle")])
"""Decorates a function that draws: its figures have the style."""


def in_percent(*axes: Axis) -> None:
    """Label shares of 0 to 1 in per cent."""
    for axis in axes:
        axis.set_major_formatter(PercentFormatter(1, decimals=0))


def legend_beside_title(axes: Axes) -> None:
    """A legend to the right of the title, where it covers nothing."""
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), borderaxespad=0, ncols=3)


def save_png(figure: Figure, file: Path) -> None:
    """Write a PNG; the same figure gives the same bytes."""
    # Without the version of the library, which would change the bytes.
    figure.savefig(file, metadata={"Software": None})
