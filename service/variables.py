"""Readers of environment variables: each refuses, in one line, what its variable can't be.

An empty variable is an unset one, and takes its default.
"""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Final

from goemotions.errors import GoEmotionsError

_LONGEST_WAIT: Final = 86_400.0
_SIZE: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) ?([KMG]?)B?", re.ASCII | re.IGNORECASE)
_UNITS: Final = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30}


class VariableError(GoEmotionsError):
    """A variable has a value that it can't have; the message names it, the value and its range."""


def read_number(env: Mapping[str, str], name: str, default: int, lowest: int, highest: int) -> int:
    """The whole number of variable ``name``; raises ``VariableError``."""
    if not (text := env.get(name)):
        return default
    if not (text.isascii() and text.isdecimal() and lowest <= int(text) <= highest):
        raise VariableError(f"{name} is {text!r}; it must be a number from {lowest} to {highest}")
    return int(text)


def read_choice(env: Mapping[str, str], name: str, choices: Sequence[str]) -> str:
    """The word of variable ``name``, the first one by default; raises ``VariableError``."""
    word = env.get(name) or choices[0]
    if word not in choices:
        raise VariableError(f"{name} is {word!r}; it must be one of {', '.join(choices)}")
    return word


def read_seconds(env: Mapping[str, str], name: str, default: float) -> float:
    """The seconds of variable ``name``, up to a day; raises ``VariableError``."""
    text = env.get(name) or str(default)
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= _LONGEST_WAIT:  # not a number is not
        raise VariableError(
            f"{name} is {text!r}; it must be a number of seconds, above 0 and up to "
            f"{_LONGEST_WAIT:g}"
        )
    return seconds


def read_size(env: Mapping[str, str], name: str, default: str, lowest: str) -> int:
    """The bytes of variable ``name``, ``lowest`` or more; raises ``VariableError``.

    log4j takes the same units, but 10 MB or no bound at all in place of what it can't read.
    """
    text = env.get(name) or default
    size = _bytes(text)
    if size is None or size < (_bytes(lowest) or 0):
        raise VariableError(
            f"{name} is {text!r}; it must be a size of {lowest} or more, such as '100 MB': a "
            "number and B, KB, MB or GB"
        )
    return size


def _bytes(text: str) -> int | None:
    found = _SIZE.fullmatch(text.strip())
    return int(float(found[1]) * _UNITS[found[2].upper()]) if found else None
