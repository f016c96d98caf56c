"""The record of a comparison: all that a run has found so far."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Final, Self

from benchmarks.contenders.contender import Contender, Options
from benchmarks.load.measurement import CostedMeasurement, Measurement, Memory
from benchmarks.load.paced import PacedMeasurement
from goemotions.model_info import ModelInfo
from goemotions.quantization import Quantization

_NO_MEMORY: Final = dict.fromkeys(each.name for each in fields(Memory))
_SPLIT: Final = "dev"


@dataclass(frozen=True, slots=True)
class Turn:
    """The figures of a contender's turn so far.

    ``agreement``     the share of right labels; None for a contender that predicts nothing.
    ``memory``        None until all loads are over.
    ``idle_percent``  of a core, while nothing is asked; None if it was not measured.
    """

    start_seconds: float
    agreement: float | None
    measurements: tuple[CostedMeasurement, ...] = ()
    memory: Memory | None = None
    idle_percent: float | None = None

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """The turn that ``asdict`` made ``document`` of."""
        loads = tuple(CostedMeasurement(**load) for load in document["measurements"])
        memory = document["memory"] and Memory(**document["memory"])
        return cls(**{**document, "measurements": loads, "memory": memory})

    @property
    def complete(self) -> bool:
        """Whether all its loads are over."""
        return self.memory is not None


@dataclass(frozen=True, slots=True)
class Growth:
    """This service by tokens of a comment, by workers and by offered rate; each may be partial."""

    by_tokens: Mapping[int, Measurement] = field(default_factory=dict)
    by_workers: Mapping[int, Measurement] = field(default_factory=dict)
    by_rate: Sequence[PacedMeasurement] = ()


@dataclass(frozen=True, slots=True)
class DevHitRate:
    """The hit rate on GoEmotions' dev comments, 0 to 1, and its standard error."""

    hit_rate: float
    standard_error: float

    @classmethod
    def of(cls, folder: Path) -> Self | None:
        """The one that the unpacked archive ``folder`` gives of its encoder, or of its model.

        None if it gives none: a model that was not evaluated.
        """
        if (quantization := Quantization.load(folder)) is not None:
            hit_rate, comments = quantization.hit_rate, float(quantization.comments)
        else:
            found = ModelInfo.load(folder / "config.json").quality.get(_SPLIT) or {}
            if not {"hit_rate", "comments"} <= found.keys():
                return None
            hit_rate, comments = found["hit_rate"], found["comments"]
        return cls(hit_rate, math.sqrt(hit_rate * (1 - hit_rate) / comments))


@dataclass(slots=True)
class BenchRecord:
    """What was measured, and on what; filled while the run goes on.

    ``about``      the machine, the versions, the date, the settings and the comments.
    ``turns``      by contender and round.
    ``trials``     by contender: each of its variants, with what it reached.
    ``hit_rates``  by contender: of what it serves, if that is this project's archive.
    ``failures``   by contender: why it was not measured, or not to the end.
    """

    about: dict[str, Any]
    contenders: tuple[Contender, ...]
    turns: dict[tuple[str, int], Turn] = field(default_factory=dict)
    trials: dict[str, list[tuple[Options, Measurement]]] = field(default_factory=dict)
    hit_rates: dict[str, DevHitRate] = field(default_factory=dict)
    growth: Growth = field(default_factory=Growth)
    failures: dict[str, str] = field(default_factory=dict)

    def options(self, contender: Contender) -> Options:
        """The variant that is compared: of those that were tried the fastest, or the first."""
        tried = self.trials.get(contender.key)
        if not tried:
            return contender.variants[0]
        options, _ = max(tried, key=lambda trial: trial[1].per_second)
        return options

    def measured(self) -> list[Contender]:
        """The contenders that had a turn."""
        keys = {key for key, _ in self.turns}
        return [each for each in self.contenders if each.key in keys]

    @property
    def clients(self) -> list[int]:
        """The numbers of clients that were measured, ascending."""
        turns = self.turns.values()
        return sorted({load.clients for turn in turns for load in turn.measurements})

    def values(self, key: str, column: str, clients: int | None = None) -> list[float]:
        """A figure of a contender in each round in which it is known.

        ``column`` is one of a load by so many ``clients``, such as ``p99_ms``, or, if that is
        None, one of the turn, such as ``start_seconds`` or ``resident_mib``.
        """
        turns = [turn for (each, _), turn in self.turns.items() if each == key]
        if clients is None:
            found = [_state(turn)[column] for turn in turns]
        else:
            loads = (load for turn in turns for load in turn.measurements)
            found = [getattr(load, column) for load in loads if load.clients == clients]
        return [each for each in found if each is not None]

    def median(self, key: str, column: str, clients: int | None = None) -> float | None:
        """The median of ``values``; None if there is none."""
        values = self.values(key, column, clients)
        return statistics.median(values) if values else None

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """The tables that are written as CSV, by the name of the file; some may be empty.

        ``measurements`` has a row for each load of a turn, ``turns`` one for each turn, ``sweep``
        one for each variant that was tried, the others one for each load of the growth.
        """
        named = [
            ({"contender": key, "round": number}, turn)
            for (key, number), turn in self.turns.items()
        ]
        growth = self.growth
        return {
            "measurements": [who | _row(load) for who, turn in named for load in turn.measurements],
            "turns": [who | _state(turn) for who, turn in named],
            "sweep": [
                {"contender": key, **options, **_row(load)}
                for key, tried in self.trials.items()
                for options, load in tried
            ],
            "by_tokens": [
                {"tokens": n, **_row(load), "tokens_per_second": n * load.per_second}
                for n, load in growth.by_tokens.items()
            ],
            "by_workers": [{"workers": n, **_row(load)} for n, load in growth.by_workers.items()],
            "by_rate": [asdict(load) for load in growth.by_rate],
        }


def _state(turn: Turn) -> dict[str, Any]:
    figures = asdict(turn)
    del figures["measurements"]
    memory = figures.pop("memory") or _NO_MEMORY
    return {**figures, **memory}


def _row(measurement: Measurement) -> dict[str, Any]:
    return {**asdict(measurement), "per_second": measurement.per_second}
