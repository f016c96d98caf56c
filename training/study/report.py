"""The study's document: its tables, who went on and why, and the plot."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from training.run import write_json
from training.study.comparison import Comparison, compare
from training.study.errors import StudyError
from training.study.plot import draw_differences
from training.study.results import RESULTS_FILE
from training.study.study import Study
from training.study.tables import Table, promotion_table, rung_table

DOCUMENT_FILE: Final = "study.md"
PLOT_FILE: Final = "study.png"

_HEAD: Final = Path(__file__).with_name("study_head.md")


def write_report(study: Study, folder: Path) -> list[Table]:
    """Write the results, the document and its plot into ``folder``; returns the tables.

    The same results give the same bytes. Raises ``StudyError`` where there are none, and
    ``DataUnavailableError``.
    """
    results = study.results(folder / RESULTS_FILE)
    if not results:
        raise StudyError(
            f"no run under {study.runs} is finished, and {folder} keeps no results; run some first"
        )
    rungs: dict[int, list[Comparison]] = {}
    for each in compare(results):
        rungs.setdefault(each.rung, []).append(each)
    tables = [table for rung, found in rungs.items() for table in _tables(study, rung, found)]
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / RESULTS_FILE, {"results": [result.as_json() for result in results]})
    text = "\n".join([_HEAD.read_text(encoding="utf-8"), *(t.as_markdown() for t in tables)])
    (folder / DOCUMENT_FILE).write_text(text, encoding="utf-8")
    draw_differences(
        {_title(study, rung): found for rung, found in rungs.items()}, folder / PLOT_FILE
    )
    return tables


def _tables(study: Study, rung: int, comparisons: Sequence[Comparison]) -> list[Table]:
    tables = [rung_table(_title(study, rung), comparisons)]
    if promotion := study.promotions().get(rung + 1):
        tables.append(promotion_table(rung + 1, promotion))
    return tables


def _title(study: Study, rung: int) -> str:
    # Results outlive the file that says what their rung was.
    known = rung < len(study.design.rungs)
    return f"Rung {rung}: {study.design.rung(rung).about}" if known else f"Rung {rung}"
