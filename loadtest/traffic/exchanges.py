"""Requests, each with the reply that it expects."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from loadtest.traffic.replies import Expected, Prediction, Scores


@dataclass(frozen=True, slots=True)
class Exchange:
    """What is sent, what must come back, and the ``name`` that the statistics count it under."""

    name: str
    body: bytes
    expected: Expected
    content_type: str = "application/json"


def ask_label(name: str, comment: str) -> Exchange:
    """One comment in the plain form."""
    return Exchange(name, _json({"comment": comment}), Prediction())


def ask_scores(name: str, comments: Sequence[str], top_k: int) -> Exchange:
    """Several comments in the Hugging Face form."""
    body = _json({"inputs": list(comments), "parameters": {"top_k": top_k}})
    return Exchange(name, body, Scores(len(comments), top_k))


def _json(document: object) -> bytes:
    return json.dumps(document).encode()
