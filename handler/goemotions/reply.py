"""The replies: an HTTP status and the JSON that the client reads."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

import numpy as np

from goemotions.classifier import Classification
from goemotions.rejection import Rejection
from goemotions.request import PlainRequest, Request
from goemotions.scores_request import ScoresRequest


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP status and a JSON body."""

    status: HTTPStatus
    body: str


def reply_to(request: Request, classifications: Sequence[Classification]) -> Reply:
    """The reply to ``request``, whose comments were classified as ``classifications``."""
    match request:
        case PlainRequest():
            body = {"success": True, "prediction": classifications[0].label}
            return Reply(HTTPStatus.OK, json.dumps(body))
        case ScoresRequest():
            rows = [_best_scores(request, classification) for classification in classifications]
            return Reply(HTTPStatus.OK, json.dumps(rows))


def refuse(rejection: Rejection) -> Reply:
    """The reply to a request that is refused as ``rejection``."""
    return Reply(rejection.status, json.dumps({"success": False, "error": rejection.error}))


def _best_scores(
    request: ScoresRequest, classification: Classification
) -> list[dict[str, str | float]]:
    scores = classification.scores[request.taxonomy]
    # Stable: of equal scores, the first is the one that argmax takes, and so the plain form.
    best = np.argsort(-scores, kind="stable")[: request.top_k]
    return [
        {"label": request.taxonomy.labels[index], "score": float(scores[index])} for index in best
    ]
