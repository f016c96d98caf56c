"""How often the answer changes where a person's attribute is swapped for another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from evaluation.behaviour.intervals import clustered_interval
from evaluation.behaviour.measuring import Behaviour, Result
from evaluation.behaviour.outcome import Tally

# Of all swaps together; a capability's own limit is the minimum in its file.
HIGHEST_FLIP_RATE: Final = 0.03


@dataclass(frozen=True, slots=True)
class Flips:
    """The flips among some swaps: the answers that changed, of the pairs of fillers.

    ``interval``  95 %, of the flip rate; see `evaluation.behaviour.intervals.clustered_interval`.
    """

    name: str
    templates: int
    swaps: int
    flipped: int
    interval: tuple[float, float]

    @classmethod
    def of(cls, name: str, results: Sequence[Result]) -> Self:
        """The flips of all templates of ``results``, of which there must be one."""
        templates = [outcome.tally for result in results for outcome in result.outcomes]
        total = sum(templates, start=Tally(0, 0))
        low, high = clustered_interval(templates)
        return cls(
            name=name,
            templates=len(templates),
            swaps=total.checks,
            flipped=total.checks - total.passed,
            interval=(1 - high, 1 - low),
        )

    @property
    def rate(self) -> float:
        """The share of swaps that changed the answer, 0 to 1."""
        return self.flipped / self.swaps

    @property
    def is_met(self) -> bool:
        """Whether the rate is at most ``HIGHEST_FLIP_RATE``."""
        return self.rate <= HIGHEST_FLIP_RATE


def all_flips(behaviour: Behaviour) -> Flips:
    """The flips of every capability that swaps something; there must be one."""
    return Flips.of("all", behaviour.swaps)


def flips_by_capability(behaviour: Behaviour) -> list[Flips]:
    """The flips of each capability that swaps something, in the order of ``behaviour``."""
    return [Flips.of(result.capability.name, [result]) for result in behaviour.swaps]
