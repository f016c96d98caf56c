"""The request that a row of TorchServe's batch holds, or the rejection that it earns."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from goemotions.comment import read_comment
from goemotions.rejection import MALFORMED, Rejection
from goemotions.scores_request import ScoresRequest, read_scores_request
from goemotions.settings import Settings


@dataclass(frozen=True, slots=True)
class PlainRequest:
    """``{"comment": "..."}``, the earlier service's form: one comment, answered with its label."""

    comments: tuple[str]


Request = PlainRequest | ScoresRequest


def read_request(row: Mapping[str, Any], settings: Settings) -> Request | Rejection:
    """The request in ``row``. Never raises, whatever the client sent.

    TorchServe puts a body under ``body`` (HTTP) or ``data`` (gRPC). It puts the fields of a form
    under their own names, so that a form is malformed here.
    """
    document = _read_document(row.get("body", row.get("data")))
    if not isinstance(document, dict):
        return MALFORMED
    if "inputs" in document and "comment" not in document:
        return read_scores_request(document, settings)
    return _read_plain_request(document, settings)


def _read_document(body: object) -> object:
    """The JSON document in ``body``; None, which is malformed too, if it holds none.

    Only bytes are parsed: a string comes from ``decode_input_request``, which parsed a JSON string.
    """
    if not isinstance(body, (bytes, bytearray)):
        return body
    try:
        # Decoded here, because json.loads would also take UTF-16 and UTF-32.
        return json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):  # not UTF-8, not JSON, or nested too deeply
        return None


def _read_plain_request(
    document: Mapping[str, object], settings: Settings
) -> PlainRequest | Rejection:
    if document.keys() != {"comment"}:
        return MALFORMED
    comment = read_comment(
        document["comment"],
        name="The comment",
        max_chars=settings.max_chars,
        if_not_text=MALFORMED,
    )
    return comment if isinstance(comment, Rejection) else PlainRequest((comment,))
