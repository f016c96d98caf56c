"""The report on behaviour: Markdown for people, JSON for programs, a table for terminals."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

from jinja2 import Environment, StrictUndefined
from rich.table import Table

from evaluation.behaviour.measuring import (
    HIGHEST_FLIP_RATE,
    Behaviour,
    CapabilityResult,
    all_flips,
    flips_by_capability,
)
from evaluation.behaviour.written_names import WrittenNames
from evaluation.formats import as_json
from evaluation.intervals import Interval, Share

_TEMPLATE: Final = Path(__file__).with_name("report.md")
_LONGEST_TEXT: Final = 110
_JSON_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class CapabilityRow:
    """A capability's line, ready to be shown; shares are in per cent, without the sign."""

    capability: str
    kind: str
    cases: int
    passed: str
    interval: str
    minimum: str
    verdict: str

    @classmethod
    def of(cls, result: CapabilityResult) -> Self:
        """The line of ``result``."""
        minimum = result.capability.minimum
        passed = result.passed
        return cls(
            capability=result.capability.name,
            kind=result.capability.kind.value,
            cases=len(result.outcomes),
            passed=_percent(passed.rate),
            interval=_percent_range(passed.interval),
            minimum="-" if minimum is None else _percent(minimum),
            verdict="not asked" if minimum is None else "reached" if result.is_met else "MISSED",
        )


def rows_of(behaviour: Behaviour) -> list[CapabilityRow]:
    """A line for each capability."""
    return [CapabilityRow.of(result) for result in behaviour.results]


def table_of(behaviour: Behaviour) -> Table:
    """The lines for the terminal."""
    table = Table(box=None, pad_edge=False)
    for name in ("capability", "kind"):
        table.add_column(name, no_wrap=True)
    for name in ("cases", "passed, %", "95 % interval", "minimum"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for row in rows_of(behaviour):
        table.add_row(*(str(value) for value in asdict(row).values()))
    return table


@dataclass(frozen=True, slots=True)
class BehaviourReport:
    """A model's behaviour; ``written_names`` if there was a data set to write names into."""

    model_version: str
    behaviour: Behaviour
    written_names: WrittenNames | None = None

    def write(self, folder: Path) -> None:
        """Write behaviour.md and .json into ``folder``; the same answers give the same bytes."""
        folder.mkdir(parents=True, exist_ok=True)
        document = json.dumps(self.as_json(), indent=2, ensure_ascii=False)
        (folder / "behaviour.json").write_text(f"{document}\n", encoding="utf-8")
        (folder / "behaviour.md").write_text(self.as_markdown(), encoding="utf-8")

    def as_markdown(self) -> str:
        """The report for people, from ``report.md``."""
        environment = Environment(  # noqa: S701 - Markdown, not HTML
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        environment.filters |= {
            "cell": _cell,
            "percent": _percent,
            "percent_range": _percent_range,
            "share": _share,
        }
        return environment.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
            version=self.model_version,
            rows=rows_of(self.behaviour),
            results=self.behaviour.results,
            swaps=self.behaviour.swaps,
            flips=[*flips_by_capability(self.behaviour), all_flips(self.behaviour)],
            highest_flip_rate=HIGHEST_FLIP_RATE,
            written_names=self.written_names,
        )

    def as_json(self) -> dict[str, Any]:
        """The report for programs; shares are of 0 to 1, to four digits."""
        flips = all_flips(self.behaviour)
        content: dict[str, Any] = as_json(
            {
                "model_version": self.model_version,
                "flips": {**asdict(flips), "rate": flips.rate, "highest": HIGHEST_FLIP_RATE},
                "written_names": self.written_names,
                "capabilities": [_result_as_json(result) for result in self.behaviour.results],
            },
            _JSON_DIGITS,
        )
        return content


def _result_as_json(result: CapabilityResult) -> dict[str, Any]:
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


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _percent_range(interval: Interval) -> str:
    return f"{_percent(interval.low)} to {_percent(interval.high)}"


def _share(share: Share) -> str:
    return f"{_percent(share.rate)} ({_percent_range(share.interval)})"


def _cell(text: str) -> str:
    """A text for a cell of a Markdown table; of a long one, its end, which has the emotion."""
    if len(text) > _LONGEST_TEXT:
        text = f"… {text[-_LONGEST_TEXT:].split(' ', 1)[-1]}"
    for special in r"\|*_<>[]`~":
        text = text.replace(special, f"\\{special}")
    return " ".join(text.split())
