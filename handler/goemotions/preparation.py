"""What happens to a comment's text before it is tokenised, in training and in serving alike."""

import re
from typing import Final

import emoji

_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_SKIN_TONE: Final = re.compile("[\U0001f3fb-\U0001f3ff]")


def prepare_text(comment: str) -> str:
    """The text that is tokenised for ``comment``.

    Each emoji becomes its English name in words ("face with tears of joy"), since the encoder's
    vocabulary knows hardly any; its skin tone is dropped, so that no answer can depend on it.
    """
    if comment.isascii():
        return comment
    text = _SKIN_TONE.sub("", replace_lone_surrogates(comment))
    return emoji.replace_emoji(text, _emoji_in_words)


def replace_lone_surrogates(text: str) -> str:
    """``text`` with each lone surrogate read as U+FFFD: UTF-8 and tokenizers take none."""
    return _LONE_SURROGATE.sub("\ufffd", text)


def _emoji_in_words(_emoji: str, data: dict[str, str]) -> str:
    return f" {data['en'].strip(':').replace('_', ' ')} "
