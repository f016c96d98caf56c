"""The files of a quality report: README, figures as JSON, plots."""

import json
from pathlib import Path
from typing import Final

from jinja2 import Environment, StrictUndefined

from evaluation.confusion_plot import plot_confusion
from evaluation.dataset import HUB_TEST_COMMENTS
from evaluation.formats import FILTERS, as_json, percent
from evaluation.intervals import DRAWS
from evaluation.plot_style import save_png
from evaluation.quality_report.plots import FEWEST_DRAWN, PLOTS
from evaluation.quality_report.report import QualityReport, judge
from goemotions.taxonomy import LABELS

_TEMPLATE: Final = Path(__file__).with_name("readme.md")
# Sums in another order, by another number of threads, differ from the seventh digit on.
_DIGITS: Final = 5


def write_documents(report: QualityReport, folder: Path) -> None:
    """Write all files of ``report`` into ``folder``, which is made if it is missing.

    The same figures give the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "quality.json").write_text(_figures(report), encoding="utf-8")
    (folder / "README.md").write_text(_readme(report), encoding="utf-8")
    for file, draw in PLOTS.items():
        save_png(draw(report), folder / file)
    hits = report.served.hit_rates["test"].all
    title = (
        f"Hit rate {percent(hits.rate)} of {hits.of} test comments, model {report.model_version}"
    )
    plot_confusion(report.confusion, title, folder / "confusion.png")


def _figures(report: QualityReport) -> str:
    """All figures of ``report``, rounded to five digits; one that is not defined is null."""
    content = as_json(report, _DIGITS) | {
        "goals": as_json(judge(report), _DIGITS),
        "confusion": {
            "labels": list(LABELS),
            "gold_by_answer": as_json(report.confusion, _DIGITS),
        },
    }
    text = json.dumps(content, indent=1, sort_keys=True, allow_nan=False, ensure_ascii=False)
    return f"{text}\n"


def _readme(report: QualityReport) -> str:
    environment = Environment(  # noqa: S701 - Markdown, not HTML
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= FILTERS
    text = environment.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
        report=report,
        goals=judge(report),
        draws=DRAWS,
        fewest_drawn=FEWEST_DRAWN,
        hub_test_comments=HUB_TEST_COMMENTS,
    )
    return f"{text.rstrip()}\n"
