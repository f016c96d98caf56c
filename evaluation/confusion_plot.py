"""Draws a confusion matrix."""

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from goemotions.taxonomy import LABELS

_SURFACE = "#fcfcfb"
_INK = "#0b0b0b"
_MUTED = "#52514e"
_LEAST_PRINTED = 0.005  # a smaller share would be printed as 0
_DARK_CELL = 0.55  # from this share on, white is easier to read


def plot_confusion(weights: NDArray[np.float64], title: str, file: Path) -> None:
    """Write ``weights`` ``(14, 14)``, gold by predicted, to the PNG ``file``.

    Colours and percentages are shares of a row; a row without a comment is left blank.
    """
    totals = weights.sum(axis=1, keepdims=True)
    shares = np.divide(weights, totals, out=np.full_like(weights, np.nan), where=totals > 0)
    figure = Figure(figsize=(10, 9), dpi=150, layout="constrained", facecolor=_SURFACE)
    axes = figure.add_subplot(facecolor=_SURFACE)
    axes.imshow(shares, cmap=mpl.colormaps["Blues"], vmin=0, vmax=1)
    for (row, column), share in np.ndenumerate(shares):
        if share >= _LEAST_PRINTED:
            colour = "white" if share > _DARK_CELL else _INK
            axes.text(column, row, f"{share:.0%}"[:-1], ha="center", va="center", color=colour)
    names = [f"{name} ({total:.0f})" for name, total in zip(LABELS, totals[:, 0], strict=True)]
    axes.set_yticks(range(len(LABELS)), names)
    axes.set_xticks(range(len(LABELS)), LABELS, rotation=40, ha="right", rotation_mode="anchor")
    # White lines between the cells, drawn as the grid of the minor ticks.
    axes.set_xticks(np.arange(len(LABELS) + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(LABELS) + 1) - 0.5, minor=True)
    axes.grid(which="minor", color=_SURFACE, linewidth=2)
    axes.tick_params(which="both", length=0, labelcolor=_INK)
    axes.spines[:].set_visible(False)
    axes.set_xlabel("predicted", color=_MUTED)
    axes.set_ylabel("gold (comments)", color=_MUTED)
    figure.suptitle(title, color=_INK)
    axes.set_title("per cent of each row", color=_MUTED, fontsize="medium")
    figure.savefig(file)
