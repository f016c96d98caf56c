"""The study's page: a table for each rung, the plot, and the results that both are made of."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from terminal.results import write_json
from training.errors import StudyError
from training.study.comparison import Comparison, SeedSpread, compare_experiments, seed_spread
from training.study.design import BASELINE, Design
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
    rungs: dict[str, list[Comparison]] = {}
    for each in compare_experiments(results):
        rungs.setdefault(_title(design, each.rung), []).append(each)
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / RESULTS_FILE, {"results": [result.as_json() for result in results]})
    (folder / DOCUMENT_FILE).write_text(_render(rungs), encoding="utf-8")
    draw_differences(rungs, folder / PLOT_FILE)


def _title(design: Design, rung: int) -> str:
    # Results outlive the file that says what their rung was.
    known = rung < len(design.rungs)
    return f"Rung {rung}: {design.rung(rung).about}" if known else f"Rung {rung}"


def _render(rungs: dict[str, list[Comparison]]) -> str:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    tables = [(title, seed_spread(found), _rows(found)) for title, found in rungs.items()]
    text = environment.get_template(DOCUMENT_FILE).render(rungs=tables)
    return f"{text.rstrip()}\n"


def _rows(comparisons: Sequence[Comparison]) -> list[tuple[str, ...]]:
    spread = seed_spread(comparisons)
    return [
        (
            each.question,
            each.experiment,
            each.differs or "-",
            str(len(each.seeds)),
            _hit_rate(each),
            _difference(each, spread),
            f"{each.macro_f1:.3f}",
            ", ".join(dict.fromkeys(each.chosen)),
            f"{each.minutes:.1f}",
        )
        for each in comparisons
    ]


def _hit_rate(comparison: Comparison) -> str:
    seeds = "" if comparison.spread is None else f" ({100 * comparison.spread:.2f})"
    return f"{100 * comparison.hit_rate:.2f} ± {100 * comparison.error:.2f}{seeds}"


def _difference(comparison: Comparison, spread: SeedSpread) -> str:
    if comparison.difference is None or comparison.difference_error is None:
        return "-"
    text = f"{100 * comparison.difference:+.2f} ± {100 * comparison.difference_error:.2f}"
    bold = "**" if comparison.is_clear(spread.deviation) else ""
    against = "" if comparison.against == BASELINE else f" to {comparison.against}"
    return f"{bold}{text}{bold}{against}"
