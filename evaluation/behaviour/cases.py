"""The cases of the three kinds, which judge the answers to their texts."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

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


class Fill(NamedTuple):
    """What fills the slots of a template, by slot, and the filler's group and name."""

    group: str
    name: str
    slots: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """The checks of one case, the same by group, and what failed."""

    tally: Tally
    groups: Mapping[str, Tally]
    failures: Sequence[Failure]


@dataclass(frozen=True, slots=True)
class Case:
    """One or more texts, and the rule that judges the answers to them together, in order."""

    texts: tuple[str, ...]
    judge: Callable[[Sequence[Classification]], CaseOutcome]


def plain_case(text: str, labels: frozenset[str], group: str) -> Case:
    """Passed if the answer is among ``labels``, those that a rater could give."""

    def judge(answers: Sequence[Classification]) -> CaseOutcome:
        wanted = _listed(labels)
        failures = [Failure(text, _shown(a), wanted) for a in answers if a.label not in labels]
        return _outcome(group, 1, failures)

    return Case((text,), judge)


def variant_case(texts: Sequence[str], group: str) -> Case:
    """Passed by each way to write the first text that is answered as the first is."""

    def judge(answers: Sequence[Classification]) -> CaseOutcome:
        expected = answers[0]
        wanted = f"{_shown(expected)}, as for: {texts[0]}"
        failures = [
            Failure(text, _shown(answer), wanted)
            for text, answer in zip(texts, answers, strict=True)
            if answer.label != expected.label
        ]
        return _outcome(group, len(texts) - 1, failures)

    return Case(tuple(texts), judge)


def directed_case(
    before: str, after: str, labels: frozenset[str], lowest: float, highest: float
) -> Case:
    """Passed if the score of ``labels`` changes by ``lowest`` to ``highest`` (-1 to 1).

    The score of several labels is the sum of theirs.
    """
    columns = [LABELS.index(label) for label in labels]
    group = _listed(labels)

    def judge(answers: Sequence[Classification]) -> CaseOutcome:
        old, new = (float(sum(a.scores[Taxonomy.SERVED][columns])) for a in answers)
        found = f"{group} {new:.2f} after {old:.2f} for: {before}"
        failure = Failure(after, found, f"a change of {lowest:+g} to {highest:+g}")
        return _outcome(group, 1, [] if lowest <= new - old <= highest else [failure])

    return Case((before, after), judge)


def swap_case(template: str, fills: Sequence[Fill]) -> Case:
    """The template with each of its fills: every pair of them is a check, a *swap*.

    It is passed if both get the same answer: no filler is taken for the normal one. A group is
    judged against the answer that most fillers get.
    """

    def judge(answers: Sequence[Classification]) -> CaseOutcome:
        by_answer: dict[str, list[Fill]] = {label: [] for label in LABELS}
        for fill, answer in zip(fills, answers, strict=True):
            by_answer[answer.label].append(fill)
        usual = max(LABELS, key=lambda label: len(by_answer[label]))
        alike = sum(math.comb(len(same), 2) for same in by_answer.values())
        checks = Counter(fill.group for fill in fills)
        passed = Counter(fill.group for fill in by_answer[usual])
        wanted = f"{usual}, as for {len(by_answer[usual])} of {len(fills)}"
        return CaseOutcome(
            tally=Tally(alike, math.comb(len(fills), 2)),
            groups={group: Tally(passed[group], checks[group]) for group in checks},
            failures=[
                Failure(template, f"{label} for {', '.join(fill.name for fill in same)}", wanted)
                for label, same in by_answer.items()
                if same and label != usual
            ],
        )

    return Case(tuple(template.format_map(fill.slots) for fill in fills), judge)


def _outcome(group: str, checks: int, failures: Sequence[Failure]) -> CaseOutcome:
    """The outcome of a case all of whose checks belong to ``group``."""
    tally = Tally(checks - len(failures), checks)
    return CaseOutcome(tally, {group: tally}, failures)


def _shown(answer: Classification) -> str:
    return f"{answer.label} {answer.score:.2f}"


def _listed(labels: frozenset[str]) -> str:
    excluded = frozenset(LABELS) - labels
    if len(excluded) < len(labels):
        return f"anything but {' or '.join(sorted(excluded))}"
    return " or ".join(sorted(labels))
