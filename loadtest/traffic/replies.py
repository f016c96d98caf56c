"""Expected replies, and the check of a reply against what was expected.

A status says little: every body is compared with the HTTP contract too.
"""

import json
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, NamedTuple, Protocol, TypeGuard

from goemotions.taxonomy import LABELS

_LABELS: Final = frozenset(LABELS)
_SHOWN_CHARS: Final = 120


@dataclass(frozen=True, slots=True)
class HttpReply:
    """Status, content type and body, as they came back."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class CheckedReply:
    """A reply that was compared with what was expected.

    ``error`` says what is wrong with it and is empty if nothing is. ``log_lines`` is how many lines
    the prediction log must have of it: none if TorchServe itself answered without the handler.
    ``label`` is the label answered to a single comment, else empty.
    """

    error: str
    log_lines: int
    label: str = ""


class RequestRecord(NamedTuple):
    """One request and its answer, as the client saw it.

    ``time`` is when it was sent (seconds since the epoch), ``ms`` how long its answer took,
    ``status`` 0 if none came, ``size`` the bytes of the answer's body. ``log_lines`` and
    ``label`` are as in ``CheckedReply``; ``error`` is empty if the answer was right.
    """

    time: float
    ms: float
    name: str
    status: int
    size: int
    log_lines: int
    request_id: str
    label: str
    error: str


class Expected(Protocol):
    """The right reply to a request."""

    def check(self, status: int, document: object) -> str:
        """What is wrong with an answer of ``status`` and JSON ``document``; empty if nothing."""

    @property
    def comments(self) -> int:
        """How many comments the request holds, if it is answered with 200."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """200 with one of the known labels: the plain form's answer."""

    comments: int = 1

    def check(self, status: int, document: object) -> str:
        """What is wrong; empty if nothing."""
        if status != HTTPStatus.OK:
            return _wrong_status(status, HTTPStatus.OK, document)
        if not isinstance(document, dict) or document.keys() != {"success", "prediction"}:
            return f"a body that is not the plain form's: {_shown(document)}"
        if document["success"] is not True or document["prediction"] not in _LABELS:
            return f"no known label: {_shown(document)}"
        return ""


@dataclass(frozen=True, slots=True)
class Scores:
    """200 with ``top_k`` scored labels for each of the comments: the Hugging Face form's answer."""

    comments: int
    top_k: int
    labels: AbstractSet[str] = _LABELS

    def check(self, status: int, document: object) -> str:
        """What is wrong; empty if nothing."""
        if status != HTTPStatus.OK:
            return _wrong_status(status, HTTPStatus.OK, document)
        if not isinstance(document, list) or len(document) != self.comments:
            return f"not one list for each of {self.comments} comments: {_shown(document)}"
        return next((error for row in document if (error := self._check_row(row))), "")

    def _check_row(self, row: object) -> str:
        if not isinstance(row, list) or len(row) != self.top_k:
            return f"not {self.top_k} scores for a comment: {_shown(row)}"
        if any(not isinstance(entry, dict) or entry.keys() != {"label", "score"} for entry in row):
            return f"an entry that is not a label and a score: {_shown(row)}"
        scores = [entry["score"] for entry in row]
        if scores != sorted(scores, reverse=True) or not all(0 <= score <= 1 for score in scores):
            return f"scores that are not probabilities, the highest first: {_shown(row)}"
        if not {entry["label"] for entry in row} <= self.labels:
            return f"an unknown label: {_shown(row)}"
        return ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """400 or 413 with a reason; with this very ``error`` if one is given."""

    status: int
    error: str | None = None
    comments: int = 1

    def check(self, status: int, document: object) -> str:
        """What is wrong; empty if nothing."""
        if status != self.status:
            return _wrong_status(status, self.status, document)
        if not _is_refusal(document):
            return f"a body that is not a refusal's: {_shown(document)}"
        if self.error is not None and document["error"] != self.error:
            return f"another error than the contract's: {_shown(document)}"
        return ""


def check_reply(reply: HttpReply, expected: Expected) -> CheckedReply:
    """Compare ``reply`` with what its request expected."""
    try:
        document = json.loads(reply.body)
    except ValueError:
        document = None
    error = expected.check(reply.status, document)
    if reply.status == HTTPStatus.OK:
        content_type = reply.content_type.partition(";")[0].strip()
        if not error and content_type != "application/json":
            error = f"the content type is {content_type!r}, not application/json"
        label = document.get("prediction", "") if isinstance(document, dict) else ""
        return CheckedReply(
            error, max(expected.comments, 1), label if isinstance(label, str) else ""
        )
    return CheckedReply(error, log_lines=1 if _is_refusal(document) else 0)


def _is_refusal(document: object) -> TypeGuard[dict[str, Any]]:
    """Whether the handler wrote it; TorchServe's own errors have ``code, type, message``."""
    return (
        isinstance(document, dict)
        and document.keys() == {"success", "error"}
        and document["success"] is False
        and isinstance(document["error"], str)
    )


def _wrong_status(status: int, wanted: int, document: object) -> str:
    # The message of TorchServe's own errors tells a full queue from a dead worker.
    message = document.get("message", "") if isinstance(document, dict) else ""
    return f"{status} in place of {wanted}" + (f": {_shown(message)}" if message else "")


def _shown(document: object) -> str:
    text = document if isinstance(document, str) else json.dumps(document)
    return text if len(text) <= _SHOWN_CHARS else text[: _SHOWN_CHARS - 3] + "..."
