"""All figures of a model, from its scores of dev and test, and the files that show them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evaluation.accuracy import confusion_matrix
from evaluation.confusion_plot import plot_confusion
from evaluation.dataset import HUB_TEST_COMMENTS, Comment
from evaluation.formats import Figures, as_json, percent, render
from evaluation.intervals import DRAWS
from evaluation.plot_style import save_png
from evaluation.quality import find_unseen
from evaluation.quality_report.coverage import TARGETS, apply_threshold, coverage_curve
from evaluation.quality_report.labels import hit_rates, label_table
from evaluation.quality_report.mistakes import find_mistakes
from evaluation.quality_report.multi_label import measure_multi_label
from evaluation.quality_report.plots import FEWEST_DRAWN, PLOTS
from evaluation.quality_report.reliability import measure_reliability
from evaluation.quality_report.scored import Scored
from evaluation.quality_report.slices import measure_slices
from goemotions.model_info import ModelInfo
from goemotions.taxonomy import LABELS, Taxonomy

# Sums in another order, by another number of threads, differ from the seventh digit on.
_DIGITS: Final = 5


def make_report(
    info: ModelInfo,
    scored: Mapping[str, Mapping[Taxonomy, Scored]],
    comments: Mapping[str, Sequence[Comment]],
) -> Figures:
    """The figures of a model by its scores of ``dev`` and ``test``, as quality.json holds them.

    ``scored`` is by split and taxonomy; ``comments`` holds these splits and ``train``, whose
    texts the model has seen. The confusion matrix, ``(14, 14)`` in comments (see
    `evaluation.accuracy`), and the mistakes are those of test.
    """
    unseen = {split: find_unseen(comments[split], comments["train"]) for split in scored}
    served, original = ({split: scored[split][t] for split in scored} for t in Taxonomy)
    report: Figures = {
        "model_version": info.version,
        "calibration": info.calibration,
        "taxonomies": {
            "served": _in_one_taxonomy(served, unseen),
            "original": _in_one_taxonomy(original, unseen),
        },
        "multi_label": measure_multi_label(original),
        "confusion": {
            "labels": LABELS,
            "gold_by_answer": confusion_matrix(served["test"].gold, served["test"].answers),
        },
        "slices": {split: measure_slices(served[split], comments[split]) for split in served},
        "mistakes": find_mistakes(served["test"], comments["test"]),
    }
    return {**report, "goals": judge(report)}


def _in_one_taxonomy(
    splits: Mapping[str, Scored], unseen: Mapping[str, NDArray[np.bool_]]
) -> Figures:
    """By split; ``thresholds`` are in the order of ``TARGETS``."""
    return {
        "hit_rates": {split: hit_rates(each, unseen[split]) for split, each in splits.items()},
        "labels": {split: label_table(each) for split, each in splits.items()},
        "reliability": {split: measure_reliability(each) for split, each in splits.items()},
        "coverage": {split: coverage_curve(each) for split, each in splits.items()},
        "thresholds": [apply_threshold(splits, target) for target in TARGETS],
    }


def judge(report: Figures) -> list[Figures]:
    """The goals for a model of this size: figure, bound and outcome.

    A figure is of test unless its name says otherwise.
    """
    served, original = report["taxonomies"]["served"], report["taxonomies"]["original"]
    several = "macro-F1, 28 labels, several a comment, thresholds tuned on dev"
    least = {
        "hit rate on dev": (0.685, served["hit_rates"]["dev"]["all"].rate),
        "hit rate on test": (0.69, served["hit_rates"]["test"]["all"].rate),
        "macro-F1, 14 labels": (0.6, served["labels"]["test"]["macro_f1"]),
        several: (0.5, report["multi_label"]["each"]["test"]["macro_f1"]),
    }
    most = {
        "calibration error, 14 labels": (0.03, served["reliability"]["test"]["error"]),
        "calibration error, 28 labels": (0.03, original["reliability"]["test"]["error"]),
    }
    return [
        {
            "name": name,
            "direction": direction,
            "bound": bound,
            "figure": figure,
            "is_met": figure == bound or (figure > bound) == (direction == "at least"),
        }
        for direction, goals in (("at least", least), ("at most", most))
        for name, (bound, figure) in goals.items()
    ]


def write_report(report: Figures, folder: Path) -> None:
    """Write README.md, quality.json and plots into ``folder``, which is made if it is missing.

    The same figures give the same bytes. In the JSON they are rounded to five digits, and one
    that is not defined is null.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(
        as_json(report, _DIGITS), indent=1, sort_keys=True, allow_nan=False, ensure_ascii=False
    )
    (folder / "quality.json").write_text(f"{text}\n", encoding="utf-8")
    readme = render(
        Path(__file__).with_name("readme.md"),
        report=report,
        draws=DRAWS,
        fewest_drawn=FEWEST_DRAWN,
        hub_test_comments=HUB_TEST_COMMENTS,
    )
    (folder / "README.md").write_text(readme, encoding="utf-8")
    for file, draw in PLOTS.items():
        save_png(draw(report), folder / file)
    hits = report["taxonomies"]["served"]["hit_rates"]["test"]["all"]
    title = (
        f"Hit rate {percent(hits.rate)} of {hits.of} test comments, model {report['model_version']}"
    )
    plot_confusion(report["confusion"]["gold_by_answer"], title, folder / "confusion.png")
