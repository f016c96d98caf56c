"""The reader of the cases in the TOML files of ``capabilities/``.

Each file has ``about``, ``kind``, ``minimum`` and ``[[cases]]``; with ``known_hard = true`` in
place of a minimum, nothing is required. A case has

* ``texts`` and ``labels``, or the labels that it must ``never`` get: MFT
* ``variants``, each a list of a text and of other ways to write it: INV
* ``templates``, for which the file has ``[fillers]`` by group: INV
* ``pairs`` and ``labels``, for which the file bounds the change of the score: DIR
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from evaluation.behaviour.cases import (
    Case,
    Fill,
    Kind,
    directed_case,
    plain_case,
    swap_case,
    variant_case,
)
from goemotions.errors import GoEmotionsError
from goemotions.taxonomy import LABELS

CAPABILITIES: Final = Path(__file__).with_name("capabilities")

Document = Mapping[str, Any]


class CapabilityError(GoEmotionsError):
    """A file of cases that can't be read; the message names it and says what is wrong."""


@dataclass(frozen=True, slots=True)
class Capability:
    """Cases of one kind that belong together.

    ``minimum`` is the share of checks that must be passed, 0 to 1, or None if the cases are known
    to be hard; then their share is reported and not judged. ``is_swap``: the cases are templates,
    whose failures are flips.
    """

    name: str
    about: str
    kind: Kind
    minimum: float | None
    cases: tuple[Case, ...]
    is_swap: bool


def read_capabilities(folder: Path = CAPABILITIES) -> list[Capability]:
    """The capabilities of the folder's files, by kind and name; raises ``CapabilityError``."""
    kinds = list(Kind)
    found = map(read_capability, sorted(folder.glob("*.toml")))
    return sorted(found, key=lambda each: kinds.index(each.kind))


def read_capability(file: Path) -> Capability:
    """The capability of one file; raises ``CapabilityError``."""
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
        kind = Kind(document["kind"])
        return Capability(
            name=file.stem.replace("_", " "),
            about=_in_one_line(document["about"]),
            kind=kind,
            minimum=None if document.get("known_hard") else float(document["minimum"]),
            cases=tuple(_READERS[kind](document)),
            is_swap="fillers" in document,
        )
    except KeyError as error:
        raise CapabilityError(f"{file}: the key {error} is missing") from error
    except ValueError as error:  # of TOML too
        raise CapabilityError(f"{file}: {error}") from error


def _read_plain(document: Document) -> Iterator[Case]:
    for entry in document["cases"]:
        for text in entry["texts"]:
            yield plain_case(_in_one_line(text), _read_labels(entry), entry.get("group", ""))


def _read_invariant(document: Document) -> Iterator[Case]:
    fills = list(_read_fillers(document)) if "fillers" in document else []
    for entry in document["cases"]:
        if fills:
            yield from (swap_case(template, fills) for template in entry["templates"])
        else:
            group = entry.get("group", "")
            yield from (variant_case(texts, group) for texts in entry["variants"])


def _read_fillers(document: Document) -> Iterator[Fill]:
    """A table fills several slots, a list fills one."""
    for group, content in document["fillers"].items():
        if isinstance(content, dict):
            capitalised = {slot.capitalize(): text.capitalize() for slot, text in content.items()}
            yield Fill(group, group, {**capitalised, **content})
        else:
            yield from (Fill(group, name, {document["slot"]: name}) for name in content)


def _read_pairs(document: Document) -> Iterator[Case]:
    lowest, highest = document.get("lowest_change", -1), document.get("highest_change", 1)
    for entry in document["cases"]:
        for before, after in entry["pairs"]:
            yield directed_case(before, after, _read_labels(entry), lowest, highest)


def _read_labels(entry: Document) -> frozenset[str]:
    labels = frozenset(entry["never"] if "never" in entry else entry["labels"])
    if unknown := labels.difference(LABELS):
        raise ValueError(f"{', '.join(sorted(unknown))} is not a label; {', '.join(LABELS)} are")
    return frozenset(LABELS) - labels if "never" in entry else labels


def _in_one_line(text: str) -> str:
    return " ".join(text.split())


_READERS: Final[Mapping[Kind, Callable[[Document], Iterator[Case]]]] = {
    Kind.MINIMUM_FUNCTIONALITY: _read_plain,
    Kind.INVARIANCE: _read_invariant,
    Kind.DIRECTION: _read_pairs,
}
