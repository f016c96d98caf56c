"""The count of the prediction log's lines against the answers that the clients got."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from loadtest.judging.prediction_log import Logged, LogSince
from service.waiting import wait_until

_SETTLE_S: Final = 15.0
_POLL_S: Final = 0.5
_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Owed:
    """The lines that the log must have of one answered request, of ``label`` if it is known."""

    lines: int
    label: str


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """A request that has more or fewer lines than it must have."""

    request_id: str
    owed: int
    found: int


@dataclass(frozen=True, slots=True)
class Completeness:
    """The outcome of the count. ``missing_lines`` and ``doubled_lines`` are sums over requests.

    ``unanswered_lines`` belong to requests of others, or to ones whose answer never came:
    those have no answer to be compared with, and are no fault.
    """

    answers: int
    owed_lines: int
    found_lines: int
    missing_lines: int
    doubled_lines: int
    other_label: int
    broken_lines: int
    unanswered_lines: int
    discrepancies: tuple[Discrepancy, ...]

    @property
    def is_whole(self) -> bool:
        """Whether each answer has its own lines, all of them and once."""
        return not (
            self.missing_lines or self.doubled_lines or self.other_label or self.broken_lines
        )


def owed_by(requests: pd.DataFrame) -> dict[str, Owed]:
    """The lines that the log must have, by request id; of what the handler never saw, none."""
    owing = requests[requests["log_lines"] > 0]
    return {
        request_id: Owed(int(lines), label)
        for request_id, lines, label in zip(
            owing["request_id"], owing["log_lines"], owing["label"], strict=True
        )
    }


def compare(owed: Mapping[str, Owed], logged: Logged) -> Completeness:
    """Compare the lines that must be there with those that are."""
    differing = []
    found_lines = other_label = 0
    for request_id, debt in owed.items():
        labels = logged.labels.get(request_id, ())
        found_lines += len(labels)
        if len(labels) != debt.lines:
            differing.append(Discrepancy(request_id, debt.lines, len(labels)))
        elif debt.label and labels != (debt.label,):
            other_label += 1
    return Completeness(
        answers=len(owed),
        owed_lines=sum(debt.lines for debt in owed.values()),
        found_lines=found_lines,
        missing_lines=sum(max(0, d.owed - d.found) for d in differing),
        doubled_lines=sum(max(0, d.found - d.owed) for d in differing),
        other_label=other_label,
        broken_lines=logged.broken,
        unanswered_lines=sum(map(len, logged.labels.values())) - found_lines,
        discrepancies=tuple(differing[:_SHOWN]),
    )


def count_when_settled(
    requests: pd.DataFrame, log: LogSince, settle_s: float = _SETTLE_S
) -> Completeness:
    """Count the log, and again until it is whole or ``settle_s`` have passed.

    The last lines take a moment from the worker's output to the file.
    """
    owed = owed_by(requests)

    def whole() -> Completeness | None:
        counted = compare(owed, log.read())
        return counted if counted.is_whole else None

    return wait_until(whole, settle_s, _POLL_S) or compare(owed, log.read())
