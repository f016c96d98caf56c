"""What a case came to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Tally:
    """How many checks were passed, of how many."""

    passed: int
    checks: int

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.passed + other.passed, self.checks + other.checks)

    @property
    def rate(self) -> float:
        """The share of passed checks, 0 to 1; there must be a check."""
        return self.passed / self.checks


@dataclass(frozen=True, slots=True)
class Failure:
    """A text whose answer failed, with the answer found and the one wanted, for a reader."""

    text: str
    found: str
    wanted: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The checks of one case, the same by group, and what failed."""

    tally: Tally
    groups: Mapping[str, Tally]
    failures: tuple[Failure, ...] = ()

    @classmethod
    def of_one_group(cls, group: str, tally: Tally, failures: tuple[Failure, ...] = ()) -> Self:
        """The outcome of a case all of whose checks belong to ``group``."""
        return cls(tally, {group: tally}, failures)
