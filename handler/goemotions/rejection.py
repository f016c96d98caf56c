"""The reasons to refuse a request, each a value that travels with its batch, not an exception.

Rejection
├── 400 malformed           the body is not an object of the plain form
├── 400 invalid_parameter   the Hugging Face form, with a key or a value that it does not take
├── 413 comment_too_long    a comment of more than ``max_chars`` characters
└── 413 too_many_comments   more than ``max_inputs`` comments in ``inputs``
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

# The earlier service's text, kept to the letter because clients compare it.
MALFORMED_ERROR: Final = "The message must be JSON in the form json={'comment': string_to_predict}."


@dataclass(frozen=True, slots=True)
class Rejection:
    """A refusal: the kind under which metrics count it, the HTTP status, the reply's error."""

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
