"""How the plots look, and how they become files."""

import io
import re
from pathlib import Path
from typing import Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

SURFACE: Final = "#fcfcfb"
INK: Final = "#0b0b0b"
MUTED: Final = "#52514e"
GRID: Final = "#dfdfdb"
BLUE: Final = "#2a78d6"
PALE: Final = "#8fb6e6"
ORANGE: Final = "#c4572e"

# What the page calls these colours, so that it can change them for dark screens.
_VARIABLES: Final = {
    SURFACE: "--plot-surface",
    INK: "--ink",
    MUTED: "--muted",
    GRID: "--grid",
    BLUE: "--blue",
    PALE: "--pale",
    ORANGE: "--orange",
}
_DPI: Final = 130


def new_figure(width: float, height: float) -> Figure:
    """An empty figure; sizes in inches."""
    return Figure(figsize=(width, height), dpi=_DPI, layout="constrained", facecolor=SURFACE)


def style(axes: Axes, title: str) -> None:
    """Give a panel its title, a pale grid and no frame."""
    axes.set_title(title, loc="left", color=INK, fontsize=11)
    axes.set_facecolor(SURFACE)
    axes.grid(color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelcolor=MUTED, labelsize=9)
    axes.spines[:].set_visible(False)


def add_legend(axes: Axes) -> None:
    """A legend beside the title, where it covers nothing."""
    axes.legend(
        frameon=False,
        labelcolor=MUTED,
        fontsize=9,
        loc="lower right",
        bbox_to_anchor=(1, 1),
        borderaxespad=0,
        ncols=3,
    )


def save_png(figure: Figure, file: Path) -> None:
    """Write a PNG; the same figure gives the same bytes."""
    # Without the version of the library, which would change the bytes.
    figure.savefig(file, metadata={"Software": None})


def as_svg(figure: Figure, name: str) -> str:
    """The figure as an ``<svg>`` element that can stand in a page beside others.

    Its texts are texts and its colours are the page's variables. ``name`` keeps its ids apart
    from those of others. The same figure gives the same characters.
    """
    written = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", written.getvalue(), flags=re.DOTALL)
    svg = _with_own_ids(svg[svg.index("<svg") :], name)
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(colour, f"var({variable})")
    return "\n".join(line.rstrip() for line in svg.splitlines())


def _with_own_ids(svg: str, name: str) -> str:
    """Ids that nothing refers to (``axes_1``) go, the others get ``name`` in front."""
    used = set(re.findall(r'(?:href="|url\()#([^")]+)', svg))

    def rename(found: re.Match[str]) -> str:
        return f' id="{name}-{found[1]}"' if found[1] in used else ""

    svg = re.sub(r' id="([^"]+)"', rename, svg)
    return re.sub(r'(href="|url\()#', rf"\g<1>#{name}-", svg)
