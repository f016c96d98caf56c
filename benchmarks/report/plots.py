"""The plots of a comparison."""

import statistics
from collections.abc import Sequence
from pathlib import Path
from textwrap import fill
from typing import Final

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator, PercentFormatter

from benchmarks.contenders.contender import Contender, Role
from benchmarks.report.about import headline
from benchmarks.report.frontier import OwnArchive, clients_of, own_archives, unbeaten
from benchmarks.report.record import BenchRecord, Growth
from benchmarks.report.tables import in_digits
from evaluation.plot_style import AMBER, BLUE, GREY, INK, MUTED, PALE, save_png, styled

_COLOURS: Final = {Role.OURS: BLUE, Role.EARLIER: AMBER, Role.PEER: GREY, Role.LIMIT: "#d3d2ce"}
_WIDTH: Final = 14.0
_CHARACTERS_AN_INCH: Final = 13.5  # of the line below


@styled
def draw_throughput(record: BenchRecord, file: Path) -> None:
    """Bars of the comments answered a second, a panel for each number of clients."""
    # One that computes nothing answers so many that the others' bars would vanish.
    contenders = [each for each in record.measured() if each.predicts]
    figure, panels = _panels(record, "Comments answered a second", contenders)
    for axes, clients in zip(panels, record.clients, strict=True):
        for row, contender in enumerate(contenders):
            if not (rates := record.values(contender.key, "per_second", clients)):
                continue
            median, low, high = statistics.median(rates), min(rates), max(rates)
            axes.barh(row, median, height=0.66, color=_COLOURS[contender.role])
            axes.plot([low, high], [row, row], color=INK, linewidth=1.2, alpha=0.7)
            colour = BLUE if contender.role is Role.OURS else MUTED
            _write_beside(axes, in_digits(median), (high, row), (4, -3), colour)
        axes.margins(x=0.3)  # on the right, for the number; bars begin at 0
    _save(figure, record, file)


@styled
def draw_latency(record: BenchRecord, file: Path) -> None:
    """From p50 to p99, a panel for each number of clients."""
    contenders = record.measured()
    figure, panels = _panels(record, "Latency in ms: from p50 (dot) to p99 (bar)", contenders)
    for axes, clients in zip(panels, record.clients, strict=True):
        axes.set_xscale("log")
        _tick_by_one_two_five(axes.xaxis)
        for row, contender in enumerate(contenders):
            p50 = record.median(contender.key, "p50_ms", clients)
            p99 = record.median(contender.key, "p99_ms", clients)
            if not p50 or not p99:
                continue
            colour = _COLOURS[contender.role]
            axes.plot([p50, p99], [row, row], color=colour, linewidth=3, solid_capstyle="butt")
            axes.plot(p50, row, "o", color=colour, markersize=7)
            axes.plot(p99, row, "|", color=colour, markersize=13, markeredgewidth=3)
    _save(figure, record, file)


@styled
def draw_growth(record: BenchRecord, file: Path) -> None:
    """This service by length of comments, by workers, and by the rate of requests.

    Nothing is drawn if nothing of it was measured.
    """
    if not record.growth.by_tokens:
        return
    figure = Figure(figsize=(_WIDTH, 4.4))
    by_tokens, by_workers, by_rate = figure.subplots(1, 3, width_ratios=(5, 3, 5))
    _draw_by_tokens(by_tokens, record.growth)
    _draw_by_workers(by_workers, record.growth)
    _draw_by_rate(by_rate, record.growth)
    _save(figure, record, file)


@styled
def draw_frontier(record: BenchRecord, file: Path) -> None:
    """This project's archives: hit rate, with its standard error, by comments a second.

    Nothing is drawn of a single archive.
    """
    archives = own_archives(record)
    if not archives:
        return
    figure = Figure(figsize=(9, 5.2))
    axes = figure.add_subplot()
    axes.set_title("Hit rate on dev, with its standard error")
    axes.grid(axis="x")
    axes.set_xlabel(f"comments a second, {clients_of(record)} clients", loc="right")
    best = sorted(unbeaten(archives), key=lambda each: each.rate)
    hit_rates = [each.quality.hit_rate for each in best]
    axes.plot([each.rate for each in best], hit_rates, linewidth=1.2, alpha=0.5)
    for each in archives:
        _draw_archive(axes, each, is_best=each in best)
    axes.margins(y=0.2)
    # From nothing, so that twice as far is twice as many; on the right, room for a name.
    axes.set_xlim(0, 1.25 * max(max(each.rates) for each in archives))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6))
    axes.yaxis.set_major_formatter(PercentFormatter(xmax=1, decimals=1))
    _save(figure, record, file)


def _draw_archive(axes: Axes, archive: OwnArchive, *, is_best: bool) -> None:
    rate, rates, quality = archive.rate, archive.rates, archive.quality
    axes.errorbar(
        rate,
        quality.hit_rate,
        xerr=[[rate - min(rates)], [max(rates) - rate]],
        yerr=quality.standard_error,
        fmt="o",
        color=BLUE if is_best else GREY,
        elinewidth=1,
        markersize=7,
    )
    name = archive.contender.name.removeprefix("goemotions-serve, ")
    _write_beside(axes, name, (rate, quality.hit_rate), (8, 8), INK if is_best else MUTED)


def _draw_by_tokens(axes: Axes, growth: Growth) -> None:
    axes.set_title("Comments a second by tokens in each, 16 clients")
    names = [str(tokens) for tokens in growth.by_tokens]
    rates = [load.per_second for load in growth.by_tokens.values()]
    axes.plot(names, rates, "o-")
    for name, rate in zip(names, rates, strict=True):
        _write_beside(axes, f"{rate:,.0f}", (name, rate), (5, 4), MUTED)
    axes.set_ylim(0, axes.get_ylim()[1] * 1.05)


def _draw_by_workers(axes: Axes, growth: Growth) -> None:
    axes.set_title("Comments a second by workers")
    names = [str(workers) for workers in growth.by_workers]
    bars = axes.bar(names, [load.per_second for load in growth.by_workers.values()], width=0.6)
    axes.bar_label(bars, fmt="{:,.0f}", padding=3, fontsize=9, color=MUTED)


def _draw_by_rate(axes: Axes, growth: Growth) -> None:
    axes.set_title("Latency in ms by requests a second (open loop)")
    if not growth.by_rate:
        return
    offered = [load.offered_per_second for load in growth.by_rate]
    for name, colour in (("p50", PALE), ("p90", "#5c97ea"), ("p99", BLUE)):
        latencies = [getattr(load, f"{name}_ms") for load in growth.by_rate]
        axes.plot(offered, latencies, "o-", color=colour, label=name)
    axes.legend()
    axes.set_yscale("log")
    _tick_by_one_two_five(axes.yaxis)


def _panels(
    record: BenchRecord, title: str, contenders: Sequence[Contender]
) -> tuple[Figure, Sequence[Axes]]:
    """A panel for each number of clients; the contenders' names at the left, the first on top."""
    figure = Figure(figsize=(_WIDTH, 1.6 + 0.42 * len(contenders)))
    panels = figure.subplots(1, len(record.clients), sharey=True, squeeze=False)[0]
    for axes, clients in zip(panels, record.clients, strict=True):
        axes.set_title("1 client" if clients == 1 else f"{clients} clients")
        axes.grid(visible=False)
        axes.grid(axis="x")
        axes.tick_params(axis="x", labelsize=8)
    panels[0].set_yticks(range(len(contenders)), [each.name for each in contenders])
    for name, contender in zip(panels[0].get_yticklabels(), contenders, strict=True):
        if contender.role is Role.OURS:
            name.set(color=INK, fontweight="bold")
    panels[0].set_ylim(len(contenders) - 0.4, -0.6)
    figure.suptitle(title, x=0.01, ha="left")
    return figure, panels


def _write_beside(
    axes: Axes, text: str, at: tuple[float | str, float], points: tuple[float, float], colour: str
) -> None:
    axes.annotate(text, at, points, textcoords="offset points", fontsize=9, color=colour)


def _tick_by_one_two_five(axis: Axis) -> None:
    """Readable numbers on a scale by powers of ten."""
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    axis.set_minor_locator(NullLocator())


def _save(figure: Figure, record: BenchRecord, file: Path) -> None:
    """Write it, with what it was measured on below."""
    text = fill(headline(record.about), int(_CHARACTERS_AN_INCH * figure.get_figwidth()))
    figure.supxlabel(text, color=MUTED, fontsize=8, x=0.01, ha="left")
    save_png(figure, file)
