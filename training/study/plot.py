"""The plot of the study: each experiment's difference, with its errors."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evaluation.plot_style import BLUE, GREY, GRID, INK, MUTED, ORANGE, SURFACE, save_png, styled
from training.study.comparison import Comparison, seed_spread

_ROWS_AROUND: Final = 3.0  # the title, the scale and the space between two panels
_ABOUT: Final = (
    "Difference in points of hit rate on dev. Thick line: one paired standard error; thin: two. "
    "Band: what the\nseed alone makes two single runs differ by. "
    "Coloured: more than twice either error from 0."
)


@styled
def draw_differences(rungs: Mapping[str, Sequence[Comparison]], file: Path) -> None:
    """Write a PNG with a panel for each rung, by its title; the same figures give the same bytes.

    A rung in which nothing can be compared has an empty panel.
    """
    heights = [len(found) - 1 + _ROWS_AROUND for found in rungs.values()]
    figure = Figure(figsize=(11.0, 1.0 + 0.3 * sum(heights)))
    panels = figure.subplots(len(rungs), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
    for axes, (title, found) in zip(panels, rungs.items(), strict=True):
        axes.set_title(title)
        _draw_rung(axes, found)
    figure.supxlabel(_ABOUT, color=MUTED, fontsize=9, x=0.01, ha="left")
    save_png(figure, file)


def _draw_rung(axes: Axes, comparisons: Sequence[Comparison]) -> None:
    spread = seed_spread(comparisons)
    band = 100 * spread.of_a_difference
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.axvspan(-band, band, color=GRID, alpha=0.6, linewidth=0)
    axes.axvline(0, color=INK, linewidth=0.8)
    names: list[str] = []
    for each in comparisons:
        if each.difference is None:
            continue
        middle, error, row = 100 * each.difference.mean, 100 * each.difference.error, len(names)
        clear = BLUE if middle > 0 else ORANGE
        colour = clear if each.is_clear(spread.deviation) else GREY
        for errors, width in ((2, 1.2), (1, 4.0)):
            ends = [middle - errors * error, middle + errors * error]
            axes.plot(ends, [row, row], color=colour, linewidth=width, solid_capstyle="butt")
        axes.plot(middle, row, "o", color=colour, markersize=7, markeredgecolor=SURFACE)
        names.append(f"{each.experiment} against {each.against}".removesuffix(" against "))
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(labelbottom=True)  # each panel, though they share the scale
