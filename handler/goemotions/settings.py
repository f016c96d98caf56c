"""The handler's settings, from the section ``handler`` of ``model-config.yaml``."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Self

from goemotions.encoders.choice import Backend
from goemotions.errors import GoEmotionsError


class SettingsError(GoEmotionsError):
    """A setting is unknown or out of range; the message names it and the values that are taken."""


class LoggedText(StrEnum):
    """What the prediction log keeps of a comment's text."""

    FULL = "full"
    HASH = "hash"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The choices of an operator. Raises ``SettingsError`` if a value is out of its range.

    ``max_chars``   characters that a comment may have; a longer one is refused with 413.
    ``max_inputs``  comments that one request in the Hugging Face form may hold.
    ``backend``     what computes: ``onnx``, ``torch``, or ``auto`` (goemotions/encoders/choice.py).
    ``threads``     threads of one worker's encoder; add workers before threads.
    ``run_tokens``  tokens that the encoder takes in one run; a larger batch takes several.
    ``log_text``    what the prediction log keeps of a text: ``full``, ``hash`` or ``none``.
    """

    max_chars: int = 10_000
    max_inputs: int = 64
    backend: Backend = Backend.AUTO
    threads: int = 1
    run_tokens: int = 160
    log_text: LoggedText = LoggedText.FULL

    def __post_init__(self) -> None:
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            if type(value) is not int or not low <= value <= high:
                raise SettingsError(
                    f"{name} is {value!r} in the handler's settings; "
                    f"it must be a whole number from {low} to {high}"
                )
        for name, choices in _CHOICES.items():
            value = getattr(self, name)
            if value not in list(choices):
                raise SettingsError(
                    f"{name} is {value!r} in the handler's settings; "
                    f"it must be one of {', '.join(choices)}"
                )
            object.__setattr__(self, name, choices(value))  # YAML gives a plain string

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> Self:
        """The settings in ``mapping``, with defaults for those that it leaves out.

        Raises ``SettingsError`` for a name that is not a setting or a value out of range.
        """
        known = {field.name for field in fields(cls)}
        if unknown := sorted(str(name) for name in mapping if name not in known):
            raise SettingsError(
                f"unknown setting {', '.join(unknown)} in the handler's settings; "
                f"known are {', '.join(sorted(known))}"
            )
        return cls(**mapping)


_CHOICES: Mapping[str, type[StrEnum]] = {"backend": Backend, "log_text": LoggedText}
_RANGES = {
    "max_chars": (1, 1_000_000),
    "max_inputs": (1, 1_024),
    "threads": (1, 256),
    "run_tokens": (8, 2_048),  # attention's memory grows with its square
}
