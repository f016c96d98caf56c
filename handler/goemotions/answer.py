"""The answers to a batch of requests; a bad request among them affects no other."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from goemotions.classifier import Classification, Classifier
from goemotions.rejection import Rejection
from goemotions.reply import Reply, refuse, reply_to
from goemotions.request import Request


@dataclass(frozen=True, slots=True)
class Answer:
    """A request and its reply; ``classifications`` has one for each comment, none if rejected."""

    request: Request | Rejection
    classifications: tuple[Classification, ...]
    reply: Reply


def answer_batch(requests: Sequence[Request | Rejection], classifier: Classifier) -> list[Answer]:
    """The answer to each request, in order; all their comments are classified in one call."""
    comments = [
        comment
        for request in requests
        if not isinstance(request, Rejection)
        for comment in request.comments
    ]
    classifications = iter(classifier.classify(comments))
    answers = []
    for request in requests:
        if isinstance(request, Rejection):
            answers.append(Answer(request, (), refuse(request)))
        else:
            own = tuple(islice(classifications, len(request.comments)))
            answers.append(Answer(request, own, reply_to(request, own)))
    return answers
