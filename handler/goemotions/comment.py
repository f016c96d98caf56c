"""The rules for every comment, whatever the form of its request."""

from goemotions.preparation import replace_lone_surrogates
from goemotions.rejection import Rejection, comment_too_long


def read_comment(
    value: object, *, name: str, max_chars: int, if_not_text: Rejection
) -> str | Rejection:
    """``value`` as a comment: a string that is not blank, of at most ``max_chars`` characters.

    ``name`` is what the rejection of a longer one calls it; ``if_not_text`` is the rejection of a
    value that is not a string, or a blank one. Lone surrogates are read as U+FFFD.
    """
    if not isinstance(value, str) or not value.strip():
        return if_not_text
    if len(value) > max_chars:
        return comment_too_long(name, len(value), max_chars)
    return replace_lone_surrogates(value)
