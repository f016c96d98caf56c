"""The plot of a confusion matrix."""

from pathlib import Path
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from evaluation.plot_style import INK, SURFACE, save_png, styled
from goemotions.taxonomy import LABELS

_LEAST_PRINTED: Final = 0.005  # a smaller share would be printed as 0
_DARK_CELL: Final = 0.55  # from this share on, white is easier to read


@styled
def plot_confusion(weights: NDArray[np.float64], title: str, file: Path) -> None:
    """Write ``weights`` ``(14, 14)``, gold by predicted, to the PNG ``file``.

    Colours and percentages are shares of a row; a row without a comment is left blank.
    """
    totals = weights.sum(axis=1, keepdims=True)
    shares = np.divide(weights, totals, out=np.full_like(weights, np.nan), where=totals > 0)
    figure = Figure(figsize=(10, 9))
    axes = figure.add_subplot()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), share in np.ndenumerate(shares):
        if share >= _LEAST_PRINTED:
            colour = "white" if share > _DARK_CELL else INK
            axes.text(column, row, f"{100 * share:.0f}", ha="center", va="center", color=colour)
    names = [f"{name} ({total:.0f})" for name, total in zip(LABELS, totals[:, 0], strict=True)]
    axes.set_yticks(range(len(LABELS)), names)
    axes.set_xticks(range(len(LABELS)), LABELS, rotation=40, ha="right", rotation_mode="anchor")
    _separate_cells(axes)
    axes.tick_params(labelcolor=INK)
    axes.set_xlabel("predicted")
    axes.set_ylabel("gold (comments)")
    axes.set_title(f"{title}\nPer cent of each row")
    save_png(figure, file)


def _separate_cells(axes: Axes) -> None:
    """Lines between the cells, drawn over them as the grid of the minor ticks."""
    edges = np.arange(len(LABELS) + 1) - 0.5
    axes.set_xticks(edges, minor=True)
    axes.set_yticks(edges, minor=True)
    axes.grid(visible=False, which="major")
    axes.grid(which="minor", axis="both", color=SURFACE, linewidth=2)
    axes.set_axisbelow(False)
