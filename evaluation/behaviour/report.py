"""What was measured, as Markdown for people and as JSON for programs."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, StrictUndefined

from evaluation.behaviour.flips import HIGHEST_FLIP_RATE, all_flips, flips_by_capability
from evaluation.behaviour.measuring import Behaviour, Result
from evaluation.behaviour.table import percent, percent_range, rows_of
from evaluation.behaviour.written_names import Share, WrittenNames

_TEMPLATE: Final = Path(__file__).with_name("report.md")
_LONGEST_TEXT: Final = 110


@dataclass(frozen=True, slots=True)
class Report:
    """A model's behaviour; ``written_names`` where there was a data set to write names into."""

    model_version: str
    behaviour: Behaviour
    written_names: WrittenNames | None = None


def write_report(report: Report, folder: Path) -> None:
    """Write behaviour.md and behaviour.json into ``folder``; the same answers, the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    document = json.dumps(as_json(report), indent=2, ensure_ascii=False)
    (folder / "behaviour.json").write_text(document + "\n", encoding="utf-8")
    (folder / "behaviour.md").write_text(as_markdown(report), encoding="utf-8")


def as_markdown(report: Report) -> str:
    """The report for people, from ``report.md``."""
    environment = Environment(  # noqa: S701 - Markdown, not HTML
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters |= {
        "cell": _cell,
        "percent": percent,
        "percent_range": percent_range,
        "share": _share,
    }
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
        version=report.model_version,
        rows=rows_of(report.behaviour),
        results=report.behaviour.results,
        swaps=report.behaviour.swaps,
        flips=[*flips_by_capability(report.behaviour), all_flips(report.behaviour)],
        highest_flip_rate=HIGHEST_FLIP_RATE,
        written_names=report.written_names,
    )


def as_json(report: Report) -> dict[str, Any]:
    """The report for programs; shares are of 0 to 1, to four digits."""
    flips = all_flips(report.behaviour)
    names = report.written_names
    return _rounded(
        {
            "model_version": report.model_version,
            "flips": {**asdict(flips), "rate": flips.rate, "highest": HIGHEST_FLIP_RATE},
            "written_names": None if names is None else asdict(names),
            "capabilities": [_result_as_json(result) for result in report.behaviour.results],
        }
    )


def _result_as_json(result: Result) -> dict[str, Any]:
    return {
        "name": result.capability.name,
        "kind": result.capability.kind.value,
        "cases": len(result.outcomes),
        "checks": result.tally.checks,
        "passed": result.tally.passed,
        "rate": result.tally.rate,
        "interval": result.interval,
        "minimum": result.capability.minimum,
        "groups": {group: asdict(tally) for group, tally in result.groups.items()},
        "failures": [asdict(failure) for failure in result.failures],
    }


def _rounded(document: dict[str, Any]) -> dict[str, Any]:
    rounded: dict[str, Any] = json.loads(
        json.dumps(document), parse_float=lambda digits: round(float(digits), 4)
    )
    return rounded


def _share(share: Share) -> str:
    return f"{percent(share.rate)} ({percent_range(share.interval)})"


def _cell(text: str) -> str:
    """A text for a cell of a Markdown table; of a long one its end, where the emotion stands."""
    if len(text) > _LONGEST_TEXT:
        text = f"… {text[-_LONGEST_TEXT:].split(' ', 1)[-1]}"
    for special in r"\|*_<>[]`~":
        text = text.replace(special, f"\\{special}")
    return " ".join(text.split())
