"""The cases of the three kinds, which judge the answers to their texts."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, Self

from evaluation.intervals import Tally
from goemotions.classifier import Classification
from goemotions.taxonomy import LABELS, Taxonomy


class Kind(StrEnum):
    """The kinds of cases, by the names that CheckList gives them."""

    MINIMUM_FUNCTIONALITY = "MFT"
    """The answer is among the labels that a rater could give."""
    INVARIANCE = "INV"
    """A change that does not matter does not change the answer."""
    DIRECTION = "DIR"
    """A change that matters moves the score in the right direction."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A text whose answer failed, with the answer found and the one wanted, for a reader."""

    text: str
    found: str
    wanted: str


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """The checks of one case, the same by group, and what failed."""

    tally: Tally
    groups: Mapping[str, Tally]
    failures: tuple[Failure, ...] = ()

    @classmethod
    def of_one_group(cls, group: str, tally: Tally, failures: tuple[Failure, ...] = ()) -> Self:
        """The outcome of a case all of whose checks belong to ``group``."""
        return cls(tally, {group: tally}, failures)


class Case(Protocol):
    """One or more texts, whose answers are judged together."""

    @property
    def texts(self) -> Sequence[str]:
        """The texts to classify, in the order in which `judge` takes the answers."""

    def judge(self, answers: Sequence[Classification]) -> CaseOutcome:
        """The outcome of the answers to ``texts``."""


@dataclass(frozen=True, slots=True)
class PlainCase:
    """A text and the labels that a rater could give it."""

    text: str
    labels: frozenset[str]
    group: str

    @property
    def texts(self) -> Sequence[str]:
        """The one text."""
        return (self.text,)

    def judge(self, answers: Sequence[Classification]) -> CaseOutcome:
        """Passed if the answer is among the labels."""
        (answer,) = answers
        if answer.label in self.labels:
            return CaseOutcome.of_one_group(self.group, Tally(1, 1))
        failure = Failure(self.text, _shown(answer), _listed(self.labels))
        return CaseOutcome.of_one_group(self.group, Tally(0, 1), (failure,))


@dataclass(frozen=True, slots=True)
class VariantCase:
    """A text, and the same written in other ways."""

    original: str
    variants: tuple[str, ...]
    group: str

    @property
    def texts(self) -> Sequence[str]:
        """The original, then its variants."""
        return (self.original, *self.variants)

    def judge(self, answers: Sequence[Classification]) -> CaseOutcome:
        """Passed by each variant that is answered as the original is."""
        expected, *found = answers
        failures = tuple(
            Failure(variant, _shown(answer), f"{_shown(expected)}, as for: {self.original}")
            for variant, answer in zip(self.variants, found, strict=True)
            if answer.label != expected.label
        )
        tally = Tally(len(found) - len(failures), len(found))
        return CaseOutcome.of_one_group(self.group, tally, failures)


@dataclass(frozen=True, slots=True)
class Fill:
    """A template with its slots filled."""

    text: str
    filler: str
    group: str


@dataclass(frozen=True, slots=True)
class SwapCase:
    """A template, filled with each of the fillers.

    Every pair of fillers is a check, a *swap*, passed if both get the same answer: no filler is
    taken for the normal one. A group is judged against the answer that most fillers get.
    """

    template: str
    fills: tuple[Fill, ...]

    @property
    def texts(self) -> Sequence[str]:
        """The filled templates."""
        return tuple(fill.text for fill in self.fills)

    def judge(self, answers: Sequence[Classification]) -> CaseOutcome:
        """Passed by each pair of fillers that is answered alike."""
        fillers: defaultdict[str, list[str]] = defaultdict(list)
        for fill, answer in zip(self.fills, answers, strict=True):
            fillers[answer.label].append(fill.filler)
        usual = max(LABELS, key=lambda label: len(fillers.get(label, ())))
        alike = sum(math.comb(len(same), 2) for same in fillers.values())
        return CaseOutcome(
            tally=Tally(alike, math.comb(len(self.fills), 2)),
            groups=self._by_group([answer.label == usual for answer in answers]),
            failures=self._failures(fillers, usual),
        )

    def _by_group(self, as_usual: Sequence[bool]) -> dict[str, Tally]:
        checks = Counter(fill.group for fill in self.fills)
        fills = zip(self.fills, as_usual, strict=True)
        passed = Counter(fill.group for fill, is_usual in fills if is_usual)
        return {group: Tally(passed[group], checks[group]) for group in checks}

    def _failures(self, fillers: Mapping[str, Sequence[str]], usual: str) -> tuple[Failure, ...]:
        expected = f"{usual}, as for {len(fillers[usual])} of {len(self.fills)}"
        return tuple(
            Failure(self.template, f"{label} for {', '.join(fillers[label])}", expected)
            for label in LABELS
            if label != usual and label in fillers
        )


@dataclass(frozen=True, slots=True)
class DirectedCase:
    """A text, the same changed, and by how much the score of ``labels`` may change (-1 to 1).

    The score of several labels is the sum of theirs.
    """

    before: str
    after: str
    labels: frozenset[str]
    lowest_change: float
    highest_change: float

    @property
    def texts(self) -> Sequence[str]:
        """The text, then the changed one."""
        return (self.before, self.after)

    def judge(self, answers: Sequence[Classification]) -> CaseOutcome:
        """Passed if the change is within its limits, both included."""
        before, after = (_score(answer, self.labels) for answer in answers)
        group = _listed(self.labels)
        if self.lowest_change <= after - before <= self.highest_change:
            return CaseOutcome.of_one_group(group, Tally(1, 1))
        failure = Failure(
            self.after,
            f"{group} {after:.2f} after {before:.2f} for: {self.before}",
            f"a change of {self.lowest_change:+g} to {self.highest_change:+g}",
        )
        return CaseOutcome.of_one_group(group, Tally(0, 1), (failure,))


def _score(answer: Classification, labels: frozenset[str]) -> float:
    scores = answer.scores[Taxonomy.SERVED]
    return float(sum(scores[LABELS.index(label)] for label in labels))


def _shown(answer: Classification) -> str:
    return f"{answer.label} {answer.score:.2f}"


def _listed(labels: frozenset[str]) -> str:
    excluded = frozenset(LABELS) - labels
    if len(excluded) < len(labels):
        return f"anything but {' or '.join(sorted(excluded))}"
    return " or ".join(sorted(labels))
