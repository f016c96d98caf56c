"""What a model of this size is held to, and whether it gets there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from evaluation.quality_report.report import Report

Direction = Literal["at least", "at most"]


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure of the report and its bound."""

    name: str
    direction: Direction
    bound: float
    figure: Callable[[Report], float]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A goal's outcome."""

    name: str
    direction: Direction
    bound: float
    figure: float
    is_met: bool


GOALS: Final = (
    Goal("hit rate on dev", "at least", 0.685, lambda r: r.served.hit_rates["dev"].all.rate),
    Goal("hit rate on test", "at least", 0.69, lambda r: r.served.hit_rates["test"].all.rate),
    Goal("macro-F1, 14 labels", "at least", 0.60, lambda r: r.served.labels["test"].macro_f1),
    Goal(
        "macro-F1, 28 labels, several a comment, thresholds tuned on dev",
        "at least",
        0.50,
        lambda r: r.multi_label.each["test"].macro_f1,
    ),
    Goal(
        "calibration error, 14 labels",
        "at most",
        0.03,
        lambda r: r.served.reliability["test"].error,
    ),
    Goal(
        "calibration error, 28 labels",
        "at most",
        0.03,
        lambda r: r.original.reliability["test"].error,
    ),
)


def judge(report: Report) -> tuple[Verdict, ...]:
    """The outcome of each goal, in their order; what no name says otherwise is of test."""
    return tuple(_judge(goal, goal.figure(report)) for goal in GOALS)


def _judge(goal: Goal, figure: float) -> Verdict:
    is_met = figure >= goal.bound if goal.direction == "at least" else figure <= goal.bound
    return Verdict(goal.name, goal.direction, goal.bound, figure, is_met)
