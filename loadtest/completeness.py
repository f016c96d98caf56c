"""The prediction log against the answers that the clients got: each line there, and once."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from loadtest.prediction_log import Logged, LogSince

_SETTLE_S: Final = 15.0
_POLL_S: Final = 0.5
_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Owed:
    """What the log owes one answered request: so many lines, of ``label`` where it is known."""

    lines: int
    label: str


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """A request whose lines are not those that its answer owes."""

    request_id: str
    owed: int
    found: int


@dataclass(frozen=True, slots=True)
class Completeness:
    """The outcome of the count. ``missing_lines`` and ``doubled_lines`` are sums over requests.

    ``unanswered_lines`` belong to requests of others, or to ones whose answer never came:
    those have no answer to be held against, and are no fault.
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
    """What the log owes to the requests, by request id; ones the handler never saw owe nothing."""
    owing = requests[requests["log_lines"] > 0]
    return {
        request_id: Owed(int(lines), label)
        for request_id, lines, label in zip(
            owing["request_id"], owing["log_lines"], owing["label"], strict=True
        )
    }


def compare(owed: Mapping[str, Owed], logged: Logged) -> Completeness:
    """Hold what is owed against what was logged."""
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
    deadline = time.monotonic() + settle_s
    while True:
        completeness = compare(owed, log.read())
        if completeness.is_whole or time.monotonic() > deadline:
            return completeness
        time.sleep(_POLL_S)
