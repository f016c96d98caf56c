"""The study's page: a table for each rung, the plot, and the results that both are made of."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from statistics import fmean
from typing import Final

from jinja2 import Environment, StrictUndefined

from terminal.results import write_json
from training.errors import StudyError
from training.study.comparison import Comparison, compare_experiments, seed_spread
from training.study.design import Design
from training.study.plot import draw_differences
from training.study.results import load_results, measure_runs, merge_results

RESULTS_FILE: Final = "study.json"
DOCUMENT_FILE: Final = "study.md"  # in this folder its template
PLOT_FILE: Final = "study.png"


def write_report(design: Design, runs: Path, folder: Path) -> None:
    """Measure what is finished under ``runs``, and write all documents into ``folder``.

    Results that ``folder`` has of runs that are gone are kept. The same results give the same
    bytes. Raises ``StudyError`` if there are none, and ``DataUnavailableError``.
    """
    trials = [trial for rung in range(len(design.rungs)) for trial in design.trials(rung)]
    results = merge_results(load_results(folder / RESULTS_FILE), measure_runs(trials, runs))
    if not results:
        raise StudyError(
            f"no run under {runs} is finished, and {folder} keeps no results; run some first"
        )
    by_rung = groupby(compare_experiments(results), key=lambda each: each.runs[0].rung)
    rungs = {_title(design, rung): list(found) for rung, found in by_rung}
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / RESULTS_FILE, {"results": [result.as_json() for result in results]})
    (folder / DOCUMENT_FILE).write_text(_render(rungs), encoding="utf-8")
    draw_differences(rungs, folder / PLOT_FILE)


def _title(design: Design, rung: int) -> str:
    # Results outlive the file that says what their rung was.
    known = rung < len(design.rungs)
    return f"Rung {rung}: {design.rungs[rung].about}" if known else f"Rung {rung}"


def _render(rungs: Mapping[str, Sequence[Comparison]]) -> str:
    environment = Environment(undefined=StrictUndefined, trim_blocks=True)  # noqa: S701 - Markdown
    template = environment.from_string(Path(__file__).with_name(DOCUMENT_FILE).read_text("utf-8"))
    tables = []
    for title, found in rungs.items():
        spread = seed_spread(found)
        tables.append((title, [_row(each, spread.deviation) for each in found], spread))
    return f"{template.render(rungs=tables).rstrip()}\n"


def _row(comparison: Comparison, spread: float) -> list[str]:
    runs, difference = comparison.runs, "-"
    if comparison.difference is not None:
        bold = "**" if comparison.is_clear(spread) else ""
        against = f" to {comparison.against}" if comparison.against else ""
        difference = f"{bold}{comparison.difference:+.2f}{bold}{against}"
    by_seeds = "" if comparison.spread is None else f" ({100 * comparison.spread:.2f})"
    return [
        runs[0].question,
        comparison.experiment,
        comparison.differs or "-",
        str(len(runs)),
        f"{comparison.hit_rate:.2f}{by_seeds}",
        difference,
        f"{fmean(run.macro_f1 for run in runs):.3f}",
        ", ".join(dict.fromkeys(f"{run.epoch} {run.weights}" for run in runs)),
        f"{fmean(run.minutes for run in runs):.1f}",
    ]
