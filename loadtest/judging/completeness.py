"""The count of the prediction log's lines against the answers that the clients got."""

from dataclasses import dataclass
from typing import Final

import pandas as pd

from loadtest.judging.prediction_log import Logged, LogSince
from service.waiting import wait_until

_SETTLE_S: Final = 15.0
_POLL_S: Final = 0.5
_SHOWN: Final = 20


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


def compare(requests: pd.DataFrame, logged: Logged) -> Completeness:
    """Compare the lines that must be there with those that are.

    A request that the handler never saw must have none.
    """
    owing = requests[requests["log_lines"] > 0]
    owed = owing["log_lines"]
    labels = owing["request_id"].map(lambda request_id: logged.labels.get(request_id, ()))
    found = labels.map(len).astype(int)
    differing = owing[found != owed]
    same = [
        own == (label,) or not label or len(own) != 1
        for own, label in zip(labels, owing["label"], strict=True)
    ]
    return Completeness(
        answers=len(owing),
        owed_lines=int(owed.sum()),
        found_lines=int(found.sum()),
        missing_lines=int((owed - found).clip(lower=0).sum()),
        doubled_lines=int((found - owed).clip(lower=0).sum()),
        other_label=same.count(False),
        broken_lines=logged.broken,
        unanswered_lines=sum(map(len, logged.labels.values())) - int(found.sum()),
        discrepancies=tuple(
            Discrepancy(row.request_id, int(row.log_lines), int(found[row.Index]))
            for row in differing[:_SHOWN].itertuples()
        ),
    )


def count_when_settled(
    requests: pd.DataFrame, log: LogSince, settle_s: float = _SETTLE_S
) -> Completeness:
    """Count the log, and again until it is whole or ``settle_s`` have passed.

    The last lines take a moment from the worker's output to the file.
    """

    def whole() -> Completeness | None:
        counted = compare(requests, log.read())
        return counted if counted.is_whole else None

    return wait_until(whole, settle_s, _POLL_S) or compare(requests, log.read())
