"""The preparation of a comment's text before it is tokenised, the same in training and serving."""

import re
from typing import Final

import emoji

_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_SKIN_TONE: Final = re.compile("[\U0001f3fb-\U0001f3ff]")


def prepare_text(comment: str) -> str:
    """The text that is tokenised for ``comment``.

    Each emoji is replaced by its English name ("face with tears of joy"), since the encoder's
    vocabulary has hardly any. Its skin tone is dropped, so that no answer can depend on it.
    """
    if comment.isascii():
        return comment
    text = _SKIN_TONE.sub("", replace_lone_surrogates(comment))
    return emoji.replace_emoji(text, _emoji_in_words)


def replace_lone_surrogates(text: str) -> str:
    """``text`` with U+FFFD for each lone surrogate, which neither UTF-8 nor a tokenizer takes."""
    return _LONE_SURROGATE.sub("\ufffd", text)


def _emoji_in_words(_emoji: str, data: dict[str, str]) -> str:
    return f" {data['en'].strip(':').replace('_', ' ')} "
