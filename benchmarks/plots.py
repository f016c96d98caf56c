"""The pictures of a run."""

from collections.abc import Sequence
from pathlib import Path
from textwrap import fill
from typing import Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from benchmarks.contender import Contender, Role
from benchmarks.figures import Figures
from benchmarks.record import Record
from loadtest.panels import BLUE, GRID, INK, MUTED, SURFACE
from loadtest.plots import style

_COLOURS: Final = {
    Role.OURS: BLUE,
    Role.EARLIER: "#b08c5a",
    Role.PEER: "#9aa3b0",
    Role.LIMIT: "#dfe3ea",
}
DPI: Final = 130
_WIDTH: Final = 14.0
_CHARACTERS_AN_INCH: Final = 13.5  # of the line below


def draw_throughput(figures: Figures, about: str, file: Path) -> None:
    """Bars of the comments answered a second, a panel for each number of clients."""
    # One that computes nothing answers so many that the others' bars would vanish.
    contenders = [each for each in figures.contenders if each.predicts]
    figure, panels = _panels(figures, "Comments answered a second", contenders)
    for axes, clients in zip(panels, figures.clients, strict=True):
        spreads = [figures.loaded(each.key, clients, "per_second") for each in contenders]
        for row, (contender, spread) in enumerate(zip(contenders, spreads, strict=True)):
            if spread is None:
                continue
            axes.barh(row, spread.median, height=0.66, color=_COLOURS[contender.role])
            axes.plot([spread.low, spread.high], [row, row], color=INK, linewidth=1.2, alpha=0.7)
            axes.annotate(
                f"{spread.median:,.0f}",
                (spread.high, row),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                fontsize=9,
                color=BLUE if contender.role is Role.OURS else MUTED,
            )
        axes.set_xlim(0, max((each.high for each in spreads if each), default=1) * 1.3)
    save(figure, about, file)


def draw_latency(figures: Figures, about: str, file: Path) -> None:
    """From p50 to p99, a panel for each number of clients."""
    contenders = figures.contenders
    title = "Latency in ms: from p50 (dot) to p99 (bar)"
    figure, panels = _panels(figures, title, contenders)
    for axes, clients in zip(panels, figures.clients, strict=True):
        axes.set_xscale("log")
        _tick_by_one_two_five(axes.xaxis)
        for row, contender in enumerate(contenders):
            p50 = figures.median(contender.key, clients, "p50_ms")
            p99 = figures.median(contender.key, clients, "p99_ms")
            if not p50 or not p99:
                continue
            colour = "#aab2bf" if contender.role is Role.LIMIT else _COLOURS[contender.role]
            axes.plot([p50, p99], [row, row], color=colour, linewidth=3, solid_capstyle="butt")
            axes.plot(p50, row, "o", color=colour, markersize=7)
            axes.plot(p99, row, "|", color=colour, markersize=13, markeredgewidth=3)
    save(figure, about, file)


def draw_growth(record: Record, about: str, file: Path) -> None:
    """This service by length of comments, by workers, and by the rate of requests."""
    figure = Figure(figsize=(_WIDTH, 4.4), dpi=DPI, layout="constrained", facecolor=SURFACE)
    by_tokens, by_workers, by_rate = figure.subplots(1, 3, width_ratios=(5, 3, 5))
    _draw_by_tokens(by_tokens, record.growth_by_tokens())
    _draw_by_workers(by_workers, record.growth_by_workers())
    _draw_by_rate(by_rate, record.growth_by_rate())
    save(figure, about, file)


def _draw_by_tokens(axes: Axes, found: pd.DataFrame) -> None:
    style(axes, "Comments a second by tokens in each, 16 clients")
    if found.empty:
        return
    names = found["tokens"].astype(str).tolist()
    axes.plot(names, found["per_second"], "o-", color=BLUE)
    for name, value in zip(names, found["per_second"], strict=True):
        axes.annotate(
            f"{value:,.0f}",
            (name, value),
            xytext=(5, 4),
            textcoords="offset points",
            fontsize=9,
            color=MUTED,
        )
    axes.set_ylim(0, axes.get_ylim()[1] * 1.05)


def _draw_by_workers(axes: Axes, found: pd.DataFrame) -> None:
    style(axes, "Comments a second by workers")
    if found.empty:
        return
    names = found["workers"].astype(str).tolist()
    bars = axes.bar(names, found["per_second"], width=0.6, color=BLUE)
    axes.bar_label(bars, fmt="{:,.0f}", padding=3, fontsize=9, color=MUTED)


def _draw_by_rate(axes: Axes, found: pd.DataFrame) -> None:
    style(axes, "Latency in ms by requests a second (open loop)")
    if found.empty:
        return
    for column, colour in (("p50_ms", "#9bc1f5"), ("p90_ms", "#5c97ea"), ("p99_ms", BLUE)):
        name = column.removesuffix("_ms")
        axes.plot(found["offered_per_second"], found[column], "o-", color=colour, label=name)
    axes.legend(frameon=False, fontsize=9, labelcolor=MUTED, loc="upper left")
    axes.set_yscale("log")
    _tick_by_one_two_five(axes.yaxis)


def _panels(
    figures: Figures, title: str, contenders: Sequence[Contender]
) -> tuple[Figure, Sequence[Axes]]:
    """A panel for each number of clients; the contenders' names at the left, the first on top."""
    height = 1.6 + 0.42 * len(contenders)
    figure = Figure(figsize=(_WIDTH, height), dpi=DPI, layout="constrained", facecolor=SURFACE)
    panels = figure.subplots(1, len(figures.clients), sharey=True, squeeze=False)[0]
    for axes, clients in zip(panels, figures.clients, strict=True):
        style(axes, "1 client" if clients == 1 else f"{clients} clients")
        axes.grid(visible=False)
        axes.grid(axis="x", color=GRID, linewidth=0.8)
        axes.tick_params(axis="x", labelsize=8)
    panels[0].set_yticks(range(len(contenders)), [each.name for each in contenders])
    for name, contender in zip(panels[0].get_yticklabels(), contenders, strict=True):
        if contender.role is Role.OURS:
            name.set(color=INK, fontweight="bold")
    panels[0].set_ylim(len(contenders) - 0.4, -0.6)
    figure.suptitle(title, color=INK, fontsize=13, x=0.01, ha="left")
    return figure, panels


def _tick_by_one_two_five(axis: Axis) -> None:
    """Readable numbers on a scale by powers of ten."""
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    axis.set_minor_locator(NullLocator())


def save(figure: Figure, about: str, file: Path) -> None:
    """Write it, with what it was measured on below."""
    text = fill(about, int(_CHARACTERS_AN_INCH * figure.get_figwidth()))
    figure.supxlabel(text, color=MUTED, fontsize=8, x=0.01, ha="left")
    figure.savefig(file)
