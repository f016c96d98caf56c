"""A line for each capability: for the terminal, the report and the model card."""

from dataclasses import asdict, dataclass
from typing import Self

from rich.table import Table

from evaluation.behaviour.measuring import Behaviour, Result


@dataclass(frozen=True, slots=True)
class Row:
    """A capability's line, ready to be shown; shares are in percent."""

    capability: str
    kind: str
    cases: int
    passed: str
    interval: str
    minimum: str
    verdict: str

    @classmethod
    def of(cls, result: Result) -> Self:
        """The line of ``result``."""
        minimum = result.capability.minimum
        return cls(
            capability=result.capability.name,
            kind=result.capability.kind.value,
            cases=len(result.outcomes),
            passed=percent(result.tally.rate),
            interval=percent_range(result.interval),
            minimum="-" if minimum is None else percent(minimum),
            verdict="not asked" if minimum is None else "reached" if result.is_met else "MISSED",
        )


def rows_of(behaviour: Behaviour) -> list[Row]:
    """A line for each capability."""
    return [Row.of(result) for result in behaviour.results]


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


def percent(share: float) -> str:
    """A share of 0 to 1 in percent."""
    return f"{100 * share:.1f}"


def percent_range(interval: tuple[float, float]) -> str:
    """An interval of shares of 0 to 1 in percent."""
    return f"{percent(interval[0])} to {percent(interval[1])}"
