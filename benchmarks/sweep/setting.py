"""One row of the sweep: its difference from what the service is delivered with."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

COMMITTED: Final = "as delivered"

_COLLECTOR: Final = re.compile(r"-XX:\+Use\w+GC")
_FAMILY: Final = re.compile(r"-X(?:m[nsx]|s[ns])|-XX:[+-]?\w+|-D[\w.]+|-[\w:-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepSetting:
    """A setting; whatever is not named stays as it is delivered.

    ``lever``       the setting that is varied, which several rows have in common.
    ``properties``  lines of ``config.properties``.
    ``vmargs``      arguments of the JVM; ``-Xmx`` alone takes the bound away.
    ``serving``     keys of ``model-config.yaml``; those of ``handler`` one by one.
    ``env``         variables that TorchServe and its workers are started with.
    ``idle``        whether the time that it takes when nothing is asked is measured.
    """

    lever: str
    name: str
    properties: Mapping[str, str] = field(default_factory=dict)
    vmargs: tuple[str, ...] = ()
    serving: Mapping[str, Any] = field(default_factory=dict)
    workers: int | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    idle: bool = False


def with_properties(text: str, properties: Mapping[str, str]) -> str:
    """``config.properties`` with other values, in place if a key is there, else at the end."""
    lines = text.splitlines()
    for key, value in properties.items():
        places = [place for place, line in enumerate(lines) if _key(line) == key]
        if not places:
            places = [len(lines)]
            lines.append("")
        lines[places[-1]] = f"{key}={value}"
    return "\n".join(lines) + "\n"


def property_of(text: str, key: str) -> str:
    """The value of ``key`` in a ``config.properties``; empty if it is not there."""
    found = [line.partition("=")[2].strip() for line in text.splitlines() if _key(line) == key]
    return found[-1] if found else ""


def merge_vmargs(delivered: Sequence[str], own: Sequence[str]) -> list[str]:
    """The JVM's arguments: ``own``, and of those ``delivered`` what has no counterpart there."""
    families = {_family(argument) for argument in own}
    kept = [argument for argument in delivered if _family(argument) not in families]
    return [*kept, *(argument for argument in own if argument != "-Xmx")]


def with_serving(delivered: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """``model-config.yaml`` with other values; its section ``handler`` is merged, too."""
    merged = {**delivered, **own}
    if "handler" in own:
        merged["handler"] = {**(delivered.get("handler") or {}), **own["handler"]}
    return merged


def _key(line: str) -> str:
    return "" if line.lstrip().startswith("#") else line.partition("=")[0].strip()


def _family(argument: str) -> str:
    """The common part of two arguments of which a JVM takes one alone."""
    if _COLLECTOR.fullmatch(argument):
        return "collector"
    found = _FAMILY.match(argument)
    return found[0].replace("+", "").replace("-XX:-", "-XX:") if found else argument
