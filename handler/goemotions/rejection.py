"""Why a request is not answered with a prediction: a value of the batch, never an exception.

Rejection
├── 400 malformed           the body is not the one object that the plain form takes
├── 400 invalid_parameter   the Hugging Face form, with something in it that is not taken
├── 413 comment_too_long    a comment over the limit
└── 413 too_many_comments   more ``inputs`` than one request may hold
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

# The earlier service's text: clients compare it, so it is kept to the letter.
MALFORMED_ERROR: Final = "The message must be JSON in the form json={'comment': string_to_predict}."


@dataclass(frozen=True, slots=True)
class Rejection:
    """A refused request: its kind as metrics count it, its HTTP status, the error of the reply."""

    kind: str
    status: HTTPStatus
    error: str


MALFORMED: Final = Rejection("malformed", HTTPStatus.BAD_REQUEST, MALFORMED_ERROR)


def invalid_parameter(error: str) -> Rejection:
    """A request in the Hugging Face form whose ``inputs`` or ``parameters`` can't be taken."""
    return Rejection("invalid_parameter", HTTPStatus.BAD_REQUEST, error)


def comment_too_long(name: str, characters: int, max_chars: int) -> Rejection:
    """A comment, called ``name`` in the error, of more than ``max_chars`` characters."""
    return Rejection(
        "comment_too_long",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"{name} has {characters} characters; at most {max_chars} are taken.",
    )


def too_many_comments(comments: int, max_inputs: int) -> Rejection:
    """A request in the Hugging Face form of more than ``max_inputs`` comments."""
    return Rejection(
        "too_many_comments",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"inputs holds {comments} comments; at most {max_inputs} are taken in one request.",
    )
