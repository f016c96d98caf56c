"""The behaviour of a classifier: its results by capability, and its flips."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, Protocol, Self

from evaluation.behaviour.cases import CaseOutcome, Failure
from evaluation.behaviour.reading import Capability
from evaluation.intervals import Interval, Share, Tally
from goemotions.classifier import Classification

HIGHEST_FLIP_RATE: Final = 0.03
"""Of all swaps together; a capability's own limit is the minimum in its file."""


class Classifies(Protocol):
    """The part of `goemotions.classifier.Classifier` that `measure_behaviour` needs."""

    def classify(self, comments: Sequence[str]) -> list[Classification]:
        """The classification of each comment, in order."""


@dataclass(frozen=True, slots=True)
class CapabilityResult:
    """The outcomes of a capability's cases, in their order."""

    capability: Capability
    outcomes: Sequence[CaseOutcome]

    @property
    def passed(self) -> Share:
        """The share of passed checks, with each case as a cluster."""
        return Share.of_clusters([outcome.tally for outcome in self.outcomes])

    @property
    def groups(self) -> Mapping[str, Tally]:
        """The checks by group, in the order of the file."""
        groups: dict[str, Tally] = {}
        for group, tally in chain(*(outcome.groups.items() for outcome in self.outcomes)):
            groups[group] = groups.get(group, Tally(0, 0)) + tally
        return groups

    @property
    def failures(self) -> list[Failure]:
        """The failures, in the order of the file."""
        return [failure for outcome in self.outcomes for failure in outcome.failures]

    @property
    def is_met(self) -> bool:
        """Whether the pass rate reaches its minimum, if there is one."""
        minimum = self.capability.minimum
        return minimum is None or self.passed.rate >= minimum


@dataclass(frozen=True, slots=True)
class Behaviour:
    """The result of each capability."""

    results: Sequence[CapabilityResult]

    @property
    def missed(self) -> list[CapabilityResult]:
        """Those whose pass rate is below its minimum."""
        return [result for result in self.results if not result.is_met]

    @property
    def swaps(self) -> list[CapabilityResult]:
        """Those that swap a person's attribute, and whose failures are biases."""
        return [result for result in self.results if result.capability.is_swap]


def measure_behaviour(classifier: Classifies, capabilities: Sequence[Capability]) -> Behaviour:
    """The behaviour of ``classifier`` in each of the capabilities; a text is asked once."""
    cases = [case for capability in capabilities for case in capability.cases]
    texts = list(dict.fromkeys(text for case in cases for text in case.texts))
    answers = dict(zip(texts, classifier.classify(texts), strict=True))
    results = []
    for each in capabilities:
        outcomes = [case.judge([answers[text] for text in case.texts]) for case in each.cases]
        results.append(CapabilityResult(each, outcomes))
    return Behaviour(results)


@dataclass(frozen=True, slots=True)
class Flips:
    """How often the answer changes if a person's attribute is swapped for another.

    ``flipped``   the pairs of fillers with different answers, of ``swaps`` pairs.
    ``interval``  of the flip rate, with each template as a cluster.
    """

    name: str
    templates: int
    swaps: int
    flipped: int
    interval: Interval

    @classmethod
    def of(cls, name: str, results: Sequence[CapabilityResult]) -> Self:
        """The flips of all templates of ``results``, of which there must be one."""
        templates = [outcome.tally for result in results for outcome in result.outcomes]
        alike = Share.of_clusters(templates)
        return cls(
            name=name,
            templates=len(templates),
            swaps=alike.of,
            flipped=alike.of - alike.count,
            interval=Interval(1 - alike.interval.high, 1 - alike.interval.low),
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
