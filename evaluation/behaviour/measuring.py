"""Asks a classifier all cases, and says how it did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from evaluation.behaviour.intervals import clustered_interval
from evaluation.behaviour.outcome import Failure, Outcome, Tally
from evaluation.behaviour.reading import Capability
from goemotions.classifier import Classification


class Classifies(Protocol):
    """What `measure_behaviour` asks of a classifier; `goemotions.classifier.Classifier` is one."""

    def classify(self, comments: Sequence[str]) -> list[Classification]:
        """The classification of each comment, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Result:
    """What a capability's cases came to; ``outcomes`` in the order of the cases."""

    capability: Capability
    outcomes: tuple[Outcome, ...]

    @property
    def tally(self) -> Tally:
        """The checks of all cases."""
        return sum((outcome.tally for outcome in self.outcomes), start=Tally(0, 0))

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the pass rate; a case's checks count as alike."""
        return clustered_interval([outcome.tally for outcome in self.outcomes])

    @property
    def groups(self) -> Mapping[str, Tally]:
        """The checks by group, in the order of the file."""
        groups: dict[str, Tally] = {}
        for outcome in self.outcomes:
            for group, tally in outcome.groups.items():
                groups[group] = groups.get(group, Tally(0, 0)) + tally
        return groups

    @property
    def failures(self) -> list[Failure]:
        """What failed, in the order of the file."""
        return [failure for outcome in self.outcomes for failure in outcome.failures]

    @property
    def is_met(self) -> bool:
        """Whether the pass rate reaches its minimum, if there is one."""
        minimum = self.capability.minimum
        return minimum is None or self.tally.rate >= minimum


@dataclass(frozen=True, slots=True)
class Behaviour:
    """The result of each capability."""

    results: tuple[Result, ...]

    @property
    def missed(self) -> list[Result]:
        """Those whose pass rate is below its minimum."""
        return [result for result in self.results if not result.is_met]

    @property
    def swaps(self) -> list[Result]:
        """Those that swap a person's attribute, and whose failures are biases."""
        return [result for result in self.results if result.capability.is_swap]


def measure_behaviour(classifier: Classifies, capabilities: Sequence[Capability]) -> Behaviour:
    """The behaviour of ``classifier`` in each of the capabilities; a text is asked once."""
    cases = [case for capability in capabilities for case in capability.cases]
    texts = list(dict.fromkeys(text for case in cases for text in case.texts))
    answers = dict(zip(texts, classifier.classify(texts), strict=True))
    return Behaviour(
        tuple(
            Result(
                capability,
                tuple(
                    case.judge([answers[text] for text in case.texts]) for case in capability.cases
                ),
            )
            for capability in capabilities
        )
    )
