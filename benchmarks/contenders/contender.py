"""A contender: one row of the comparison, and what it can be asked while it runs."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import psutil

from benchmarks.contenders.setup import Setup
from benchmarks.load.measurement import Measurement

Options = Mapping[str, int]
"""The variation of a contender that is tried out; empty for one that has nothing to vary."""


class Running(Protocol):
    """A contender that has answered a prediction."""

    def measure(self, clients: int, seconds: int) -> Measurement:
        """Load it by ``clients`` for ``seconds``; raises ``ContenderError``."""
        ...

    def labels(self, comments: Sequence[str]) -> list[str]:
        """Its answers, in order, to ``comments`` asked side by side; raises ``ContenderError``."""
        ...

    def processes(self) -> list[psutil.Process]:
        """Its processes, the one that began first; the load generator's is not among them."""
        ...


Launch = Callable[[Setup, Options], AbstractContextManager[Running]]
"""Starts a contender; the end of the context ends all its processes."""


class Role(StrEnum):
    """Why a contender is in the comparison."""

    OURS = "ours"
    EARLIER = "earlier"
    PEER = "peer"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class Contender:
    """One row of the comparison.

    ``launch``       starts it and, at the end of the context, stops it.
    ``predicts``     whether it answers with a label at all, which is then checked.
    ``environment``  the folder of an environment of its own that it needs, empty for none.
    ``archive``      what it serves if that is not the run's own.
    ``variants``     what is tried; the one that does best at 16 clients is compared.
    ``idle``         whether the time that it takes when nothing is asked is measured.
    """

    key: str
    name: str
    about: str
    role: Role
    launch: Launch
    predicts: bool = True
    environment: str = ""
    archive: Path | None = None
    variants: tuple[Options, ...] = ({},)
    idle: bool = False
