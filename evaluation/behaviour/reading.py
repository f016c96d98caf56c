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
    DirectedCase,
    Fill,
    Kind,
    PlainCase,
    SwapCase,
    VariantCase,
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
    to be hard; then their share is reported and not judged.
    """

    name: str
    about: str
    kind: Kind
    minimum: float | None
    cases: tuple[Case, ...]

    @property
    def is_swap(self) -> bool:
        """Whether its cases are templates, whose failures are flips."""
        return all(isinstance(case, SwapCase) for case in self.cases)


def read_capabilities(folder: Path = CAPABILITIES) -> list[Capability]:
    """The capabilities of the folder's files, by kind and name; raises ``CapabilityError``."""
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise CapabilityError(f"there is no .toml file with cases in {folder}")
    kinds = list(Kind)
    return sorted(map(read_capability, files), key=lambda each: kinds.index(each.kind))


def read_capability(file: Path) -> Capability:
    """The capability of one file; raises ``CapabilityError``."""
    try:
        return _read_document(
            file.stem.replace("_", " "), tomllib.loads(file.read_text(encoding="utf-8"))
        )
    except KeyError as error:
        raise CapabilityError(f"{file}: the key {error} is missing") from error
    except ValueError as error:  # of TOML too
        raise CapabilityError(f"{file}: {error}") from error


def _read_document(name: str, document: Document) -> Capability:
    kind = Kind(document["kind"])
    cases = tuple(_READERS[kind](document))
    if not cases:
        raise ValueError("there is no case in it")
    return Capability(
        name=name,
        about=_in_one_line(document["about"]),
        kind=kind,
        minimum=_read_minimum(document),
        cases=cases,
    )


def _read_minimum(document: Document) -> float | None:
    if document.get("known_hard", False):
        if "minimum" in document:
            raise ValueError("it has a minimum and is known_hard; it must be one of both")
        return None
    minimum = float(document["minimum"])
    if not 0 <= minimum <= 1:
        raise ValueError(f"minimum is {minimum}; it must be from 0 to 1")
    return minimum


def _read_plain(document: Document) -> Iterator[Case]:
    for entry in document["cases"]:
        labels = _read_labels(entry)
        for text in entry["texts"]:
            yield PlainCase(_in_one_line(text), labels, entry.get("group", ""))


def _read_invariant(document: Document) -> Iterator[Case]:
    return _read_swaps(document) if "fillers" in document else _read_variants(document)


def _read_variants(document: Document) -> Iterator[Case]:
    for entry in document["cases"]:
        for original, *variants in entry["variants"]:
            if not variants:
                raise ValueError(f"there is no variant of {original!r}")
            yield VariantCase(original, tuple(variants), entry.get("group", ""))


def _read_swaps(document: Document) -> Iterator[Case]:
    fillers = list(_read_fillers(document))
    for entry in document["cases"]:
        for template in entry["templates"]:
            yield SwapCase(
                template,
                tuple(
                    Fill(template.format_map(slots), filler, group)
                    for group, filler, slots in fillers
                ),
            )


def _read_fillers(document: Document) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """Group, name and slots of each filler; a table fills several slots, a list fills one."""
    for group, content in document["fillers"].items():
        if isinstance(content, dict):
            capitalised = {slot.capitalize(): text.capitalize() for slot, text in content.items()}
            yield group, group, {**capitalised, **content}
        else:
            yield from ((group, filler, {document["slot"]: filler}) for filler in content)


def _read_pairs(document: Document) -> Iterator[Case]:
    lowest = float(document.get("lowest_change", -1))
    highest = float(document.get("highest_change", 1))
    for entry in document["cases"]:
        labels = _read_labels(entry)
        for before, after in entry["pairs"]:
            yield DirectedCase(before, after, labels, lowest, highest)


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
