"""All figures of a model, from its scores of dev and test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from evaluation.accuracy import Answer, measure
from evaluation.dataset import Comment
from evaluation.quality import find_unseen
from evaluation.quality_report.calibrations import Calibrated, compare_calibrations
from evaluation.quality_report.coverage import TARGETS, Curve, Threshold, apply_threshold
from evaluation.quality_report.hit_rates import HitRates
from evaluation.quality_report.label_table import LabelTable
from evaluation.quality_report.mistakes import SurestMistakes
from evaluation.quality_report.multi_label import MultiLabel
from evaluation.quality_report.reliability import Reliability
from evaluation.quality_report.scored import Scored
from evaluation.quality_report.slices import Slice, measure_slices
from goemotions.calibration import Calibration
from goemotions.model_info import ModelInfo
from goemotions.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class TaxonomyFigures:
    """The figures over one taxonomy's labels, by split (``dev`` and ``test``) where not said.

    ``calibrations``  on dev alone. ``thresholds``  in the order of ``TARGETS``.
    """

    hit_rates: Mapping[str, HitRates]
    labels: Mapping[str, LabelTable]
    reliability: Mapping[str, Reliability]
    calibrations: tuple[Calibrated, ...]
    coverage: Mapping[str, Curve]
    thresholds: tuple[Threshold, ...]

    @classmethod
    def of(cls, splits: Mapping[str, Scored], unseen: Mapping[str, NDArray[np.bool_]]) -> Self:
        """The figures; ``unseen`` says by split whose text stands nowhere in train."""
        return cls(
            hit_rates={
                split: HitRates.of(scored, unseen[split]) for split, scored in splits.items()
            },
            labels={split: LabelTable.of(scored) for split, scored in splits.items()},
            reliability={split: Reliability.of(scored) for split, scored in splits.items()},
            calibrations=compare_calibrations(splits["dev"]),
            coverage={split: Curve.of(scored) for split, scored in splits.items()},
            thresholds=tuple(apply_threshold(splits, target) for target in TARGETS),
        )


@dataclass(frozen=True, slots=True)
class Report:
    """A model's figures.

    ``confusion``  ``(14, 14)`` of test, gold by answer, in comments (see ``accuracy_report``).
    ``slices``     by split, over the served labels; ``mistakes`` are those of test.
    """

    model_version: str
    calibration: Mapping[Taxonomy, Calibration]
    taxonomies: Mapping[Taxonomy, TaxonomyFigures]
    multi_label: MultiLabel
    confusion: NDArray[np.float64]
    slices: Mapping[str, tuple[Slice, ...]]
    mistakes: SurestMistakes

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
) -> Report:
    """The report on a model by its scores of ``dev`` and ``test``.

    ``scored`` is by split and taxonomy; ``comments`` holds these splits and ``train``, which says
    what texts the model has seen.
    """
    unseen = {split: find_unseen(comments[split], comments["train"]) for split in scored}
    splits = {t: {split: scored[split][t] for split in scored} for t in Taxonomy}
    served = splits[Taxonomy.SERVED]
    return Report(
        model_version=info.version,
        calibration=info.calibration,
        taxonomies={
            taxonomy: TaxonomyFigures.of(by_split, unseen) for taxonomy, by_split in splits.items()
        },
        multi_label=MultiLabel.of(splits[Taxonomy.ORIGINAL]),
        confusion=measure(_answers(served["test"])).confusion,
        slices={split: measure_slices(served[split], comments[split]) for split in served},
        mistakes=SurestMistakes.of_split(served["test"], comments["test"]),
    )


def _answers(scored: Scored) -> list[Answer]:
    return [
        Answer(
            gold=frozenset(scored.labels[column] for column in np.flatnonzero(gold)),
            prediction=scored.labels[answer],
        )
        for gold, answer in zip(scored.gold, scored.answers, strict=True)
    ]
