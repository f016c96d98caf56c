"""All figures of a model, from its scores of dev and test, and the goals that they are held to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Self

import numpy as np
from numpy.typing import NDArray

from evaluation.accuracy import confusion_matrix
from evaluation.dataset import Comment
from evaluation.quality import find_unseen
from evaluation.quality_report.coverage import TARGETS, CoverageCurve, Threshold, apply_threshold
from evaluation.quality_report.labels import HitRates, LabelTable
from evaluation.quality_report.mistakes import Mistakes
from evaluation.quality_report.multi_label import MultiLabel
from evaluation.quality_report.reliability import Reliability
from evaluation.quality_report.scored import Scored
from evaluation.quality_report.slices import Slice, measure_slices
from goemotions.calibration import Calibration
from goemotions.model_info import ModelInfo
from goemotions.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class TaxonomyFigures:
    """The figures over one taxonomy's labels, by split (``dev`` and ``test``) if not said.

    ``thresholds``  in the order of ``TARGETS``.
    """

    hit_rates: Mapping[str, HitRates]
    labels: Mapping[str, LabelTable]
    reliability: Mapping[str, Reliability]
    coverage: Mapping[str, CoverageCurve]
    thresholds: tuple[Threshold, ...]

    @classmethod
    def of(cls, splits: Mapping[str, Scored], unseen: Mapping[str, NDArray[np.bool_]]) -> Self:
        """The figures; ``unseen`` says by split whose text is nowhere in train."""
        return cls(
            hit_rates={
                split: HitRates.of(scored, unseen[split]) for split, scored in splits.items()
            },
            labels={split: LabelTable.of(scored) for split, scored in splits.items()},
            reliability={split: Reliability.of(scored) for split, scored in splits.items()},
            coverage={split: CoverageCurve.of(scored) for split, scored in splits.items()},
            thresholds=tuple(apply_threshold(splits, target) for target in TARGETS),
        )


@dataclass(frozen=True, slots=True)
class QualityReport:
    """A model's figures.

    ``confusion``  ``(14, 14)`` of test, gold by answer, in comments (see `evaluation.accuracy`).
    ``slices``     by split, over the served labels; ``mistakes`` are those of test.
    """

    model_version: str
    calibration: Mapping[Taxonomy, Calibration]
    taxonomies: Mapping[Taxonomy, TaxonomyFigures]
    multi_label: MultiLabel
    confusion: NDArray[np.float64]
    slices: Mapping[str, tuple[Slice, ...]]
    mistakes: Mistakes

    @property
    def served(self) -> TaxonomyFigures:
        """The figures over the 14 labels that are served."""
        return self.taxonomies[Taxonomy.SERVED]

    @property
    def original(self) -> TaxonomyFigures:
        """The figures over the 28 source labels."""
        return self.taxonomies[Taxonomy.ORIGINAL]


def make_report(
    info: ModelInfo,
    scored: Mapping[str, Mapping[Taxonomy, Scored]],
    comments: Mapping[str, Sequence[Comment]],
) -> QualityReport:
    """The report on a model by its scores of ``dev`` and ``test``.

    ``scored`` is by split and taxonomy; ``comments`` holds these splits and ``train``, whose
    texts the model has seen.
    """
    unseen = {split: find_unseen(comments[split], comments["train"]) for split in scored}
    splits = {t: {split: scored[split][t] for split in scored} for t in Taxonomy}
    served = splits[Taxonomy.SERVED]
    return QualityReport(
        model_version=info.version,
        calibration=info.calibration,
        taxonomies={
            taxonomy: TaxonomyFigures.of(by_split, unseen) for taxonomy, by_split in splits.items()
        },
        multi_label=MultiLabel.of(splits[Taxonomy.ORIGINAL]),
        confusion=confusion_matrix(served["test"].gold, served["test"].answers),
        slices={split: measure_slices(served[split], comments[split]) for split in served},
        mistakes=Mistakes.of_split(served["test"], comments["test"]),
    )


@dataclass(frozen=True, slots=True)
class QualityGoal:
    """A figure of the report and its bound."""

    name: str
    direction: Literal["at least", "at most"]
    bound: float
    figure: Callable[[QualityReport], float]


@dataclass(frozen=True, slots=True)
class GoalOutcome:
    """A goal, the figure that was reached, and whether it is within the bound."""

    name: str
    direction: str
    bound: float
    figure: float
    is_met: bool


GOALS: Final = (
    QualityGoal("hit rate on dev", "at least", 0.685, lambda r: r.served.hit_rates["dev"].all.rate),
    QualityGoal(
        "hit rate on test", "at least", 0.69, lambda r: r.served.hit_rates["test"].all.rate
    ),
    QualityGoal("macro-F1, 14 labels", "at least", 0.6, lambda r: r.served.labels["test"].macro_f1),
    QualityGoal(
        "macro-F1, 28 labels, several a comment, thresholds tuned on dev",
        "at least",
        0.50,
        lambda r: r.multi_label.each["test"].macro_f1,
    ),
    QualityGoal(
        "calibration error, 14 labels",
        "at most",
        0.03,
        lambda r: r.served.reliability["test"].error,
    ),
    QualityGoal(
        "calibration error, 28 labels",
        "at most",
        0.03,
        lambda r: r.original.reliability["test"].error,
    ),
)
"""The goals for a model of this size; a figure is of test unless the name says otherwise."""


def judge(report: QualityReport) -> tuple[GoalOutcome, ...]:
    """The outcome of each of ``GOALS``, in their order."""
    return tuple(_judge(goal, goal.figure(report)) for goal in GOALS)


def _judge(goal: QualityGoal, figure: float) -> GoalOutcome:
    is_met = figure >= goal.bound if goal.direction == "at least" else figure <= goal.bound
    return GoalOutcome(goal.name, goal.direction, goal.bound, figure, is_met)
