"""The handler's own metrics, to which each batch adds."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from goemotions.answer import Answer
from goemotions.rejection import Rejection


class Metric(Protocol):
    """The part of TorchServe's ``CachingMetric`` that is used here."""

    def add_or_update(self, value: float, dimension_values: list[str]) -> None:
        """Add ``value`` to a counter, or observe it in a histogram."""


@dataclass(frozen=True, slots=True)
class BatchMetrics:
    """Comments, rejections and time; TorchServe itself measures the requests and the queue.

    ``comments``       counter by label: comments answered.
    ``rejections``     counter by kind: requests refused.
    ``lost_lines``     counter: lines of the prediction log that a full disk had no room for.
    ``batch_seconds``  histogram: the handler's time for a batch, from its rows to its replies.
    """

    comments: Metric
    rejections: Metric
    lost_lines: Metric
    batch_seconds: Metric

    def record(self, answers: Iterable[Answer], seconds: float, lost_lines: int) -> None:
        """Add one batch: a line to TorchServe for each label and kind, not for each comment."""
        labels: Counter[str] = Counter()
        kinds: Counter[str] = Counter()
        for answer in answers:
            labels.update(classification.label for classification in answer.classifications)
            if isinstance(answer.request, Rejection):
                kinds[answer.request.kind] += 1
        for label, count in labels.items():
            self.comments.add_or_update(count, [label])
        for kind, count in kinds.items():
            self.rejections.add_or_update(count, [kind])
        if lost_lines:
            self.lost_lines.add_or_update(lost_lines, [])
        self.batch_seconds.add_or_update(seconds, [])
