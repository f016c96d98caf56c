"""The report on behaviour: Markdown for people, JSON for programs, a table for terminals."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

from rich.table import Table

from evaluation.behaviour.measuring import (
    HIGHEST_FLIP_RATE,
    Behaviour,
    CapabilityResult,
    all_flips,
    flips_by_capability,
)
from evaluation.behaviour.written_names import WrittenNames
from evaluation.formats import Figures, as_json, percent, percent_range, render

_LONGEST_TEXT: Final = 110
_JSON_DIGITS: Final = 4


def rows_of(behaviour: Behaviour) -> list[Figures]:
    """A line for each capability; shares are in per cent, without the sign."""
    return [_row(result) for result in behaviour.results]


def _row(result: CapabilityResult) -> Figures:
    minimum = result.capability.minimum
    verdict = "reached" if result.is_met else "MISSED"
    return {
        "capability": result.capability.name,
        "kind": result.capability.kind.value,
        "cases": len(result.outcomes),
        "passed": percent(result.passed.rate).rstrip(" %"),
        "interval": percent_range(result.passed.interval).rstrip(" %"),
        "minimum": "-" if minimum is None else percent(minimum).rstrip(" %"),
        "verdict": "not asked" if minimum is None else verdict,
    }


def table_of(behaviour: Behaviour) -> Table:
    """The lines for the terminal."""
    table = Table(box=None, pad_edge=False)
    for name in ("capability", "kind", "cases", "passed, %", "95 % interval", "minimum", ""):
        right = name not in {"capability", "kind", ""}
        table.add_column(name, justify="right" if right else "left", no_wrap=True)
    for row in rows_of(behaviour):
        table.add_row(*map(str, row.values()))
    return table


def write_report(
    model_version: str, behaviour: Behaviour, written_names: WrittenNames | None, folder: Path
) -> None:
    """Write behaviour.md and .json into ``folder``; the same answers give the same bytes.

    ``written_names`` is None if there was no data set to write names into.
    """
    folder.mkdir(parents=True, exist_ok=True)
    figures = figures_of(model_version, behaviour, written_names)
    document = json.dumps(figures, indent=2, ensure_ascii=False)
    (folder / "behaviour.json").write_text(f"{document}\n", encoding="utf-8")
    text = markdown_of(model_version, behaviour, written_names)
    (folder / "behaviour.md").write_text(text, encoding="utf-8")


def markdown_of(
    model_version: str, behaviour: Behaviour, written_names: WrittenNames | None = None
) -> str:
    """The report for people, from ``report.md``."""
    return render(
        Path(__file__).with_name("report.md"),
        version=model_version,
        rows=rows_of(behaviour),
        results=behaviour.results,
        swaps=behaviour.swaps,
        flips=[*flips_by_capability(behaviour), all_flips(behaviour)],
        highest_flip_rate=HIGHEST_FLIP_RATE,
        written_names=written_names,
        cell=_cell,
    )


def figures_of(
    model_version: str, behaviour: Behaviour, written_names: WrittenNames | None = None
) -> Figures:
    """The report for programs; shares are of 0 to 1, to four digits."""
    flips = all_flips(behaviour)
    found: Figures = as_json(
        {
            "model_version": model_version,
            "flips": {**asdict(flips), "rate": flips.rate, "highest": HIGHEST_FLIP_RATE},
            "written_names": written_names,
            "capabilities": [_figures_of(result) for result in behaviour.results],
        },
        _JSON_DIGITS,
    )
    return found


def _figures_of(result: CapabilityResult) -> Figures:
    passed = result.passed
    return {
        "name": result.capability.name,
        "kind": result.capability.kind.value,
        "cases": len(result.outcomes),
        "checks": passed.of,
        "passed": passed.count,
        "rate": passed.rate,
        "interval": passed.interval,
        "minimum": result.capability.minimum,
        "groups": result.groups,
        "failures": result.failures,
    }


def _cell(text: str) -> str:
    """A text for a cell of a Markdown table; of a long one, its end, which has the emotion."""
    if len(text) > _LONGEST_TEXT:
        text = f"… {text[-_LONGEST_TEXT:].split(' ', 1)[-1]}"
    for special in r"\|*_<>[]`~":
        text = text.replace(special, f"\\{special}")
    return " ".join(text.split())
