"""Writes a report: figures as JSON, a page, a short version for readers on a forge, plots."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from matplotlib.figure import Figure

from evaluation.confusion_plot import plot_confusion
from evaluation.quality_report.coverage_plot import draw_coverage
from evaluation.quality_report.formats import FILTERS, percent
from evaluation.quality_report.goals import judge
from evaluation.quality_report.intervals import DRAWS
from evaluation.quality_report.json_file import write_figures
from evaluation.quality_report.label_plot import draw_labels
from evaluation.quality_report.plot_style import as_svg, save_png
from evaluation.quality_report.published import PUBLISHED
from evaluation.quality_report.reliability_plot import FEWEST_DRAWN, draw_reliability
from evaluation.quality_report.report import Report
from evaluation.quality_report.slice_plot import draw_slices
from goemotions.taxonomy import LABELS

FIGURES_FILE: Final = "quality.json"
CONFUSION_FILE: Final = "confusion.png"

# By file: its template. What is written has the same bytes for the same figures.
_DOCUMENTS: Final = {"index.html": "page.html", "README.md": "readme.md"}
_PLOTS: Final[Mapping[str, Callable[[Report], Figure]]] = {
    "labels": draw_labels,
    "reliability": draw_reliability,
    "risk-coverage": draw_coverage,
    "slices": draw_slices,
}
_HUB_TEST_COMMENTS: Final = 5427


def write_documents(report: Report, folder: Path) -> None:
    """Write all documents of ``report`` into ``folder``, which is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    write_figures(report, folder / FIGURES_FILE)
    plots = {name: draw(report) for name, draw in _PLOTS.items()}
    for name, plot in plots.items():
        save_png(plot, folder / f"{name}.png")
    hits = report.served.hit_rates["test"].all
    title = (
        f"hit rate {percent(hits.rate)} of {hits.of} test comments, model {report.model_version}"
    )
    plot_confusion(report.confusion, title, folder / CONFUSION_FILE)
    environment = _environment()
    content = _content(report, {name: as_svg(plot, name) for name, plot in plots.items()})
    for file, template in _DOCUMENTS.items():
        text = environment.get_template(template).render(content)
        (folder / file).write_text(f"{text.rstrip()}\n", encoding="utf-8")


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(FILTERS)
    return environment


def _content(report: Report, plots: Mapping[str, str]) -> dict[str, Any]:
    totals = report.confusion.sum(axis=1, keepdims=True)
    return {
        "report": report,
        "verdicts": judge(report),
        "plots": plots,
        "served_labels": LABELS,
        # Of each gold label's comments, the share of each answer; a label without any has none.
        "confusion": report.confusion / totals.clip(min=1e-9),
        "published": PUBLISHED,
        "draws": DRAWS,
        "fewest_drawn": FEWEST_DRAWN,
        "hub_test_comments": _HUB_TEST_COMMENTS,
    }
