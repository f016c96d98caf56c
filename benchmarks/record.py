"""All that a run has found so far."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final

import pandas as pd

from benchmarks.contender import Contender, Options
from benchmarks.growth import Growth
from benchmarks.measurement import Measurement
from benchmarks.memory import Memory
from benchmarks.quality import Quality
from benchmarks.turns import Turn

_NO_MEMORY: Final = dict.fromkeys(each.name for each in fields(Memory))


@dataclass(frozen=True, slots=True)
class Record:
    """What was measured, and on what; filled while the run goes on.

    ``about``     the machine, the versions, the date, the settings and the comments.
    ``options``   by contender: the variant that stands for it.
    ``qualities`` by contender: how good what it serves is, where that is this project's archive.
    ``failures``  by contender: why it was not measured, or not to the end.
    """

    about: dict[str, Any]
    contenders: tuple[Contender, ...]
    turns: list[tuple[str, int, Turn]] = field(default_factory=list)
    sweeps: list[tuple[str, Options, Measurement]] = field(default_factory=list)
    options: dict[str, Options] = field(default_factory=dict)
    qualities: dict[str, Quality] = field(default_factory=dict)
    growth: Growth = field(default_factory=lambda: Growth({}, {}, []))
    failures: dict[str, str] = field(default_factory=dict)

    def measurements(self) -> pd.DataFrame:
        """One row for each load in turn: contender, round, and the fields of a measurement."""
        return pd.DataFrame(
            {"contender": key, "round": number, **_row(measurement)}
            for key, number, turn in self.turns
            for measurement in turn.measurements
        )

    def states(self) -> pd.DataFrame:
        """One row for each turn: contender, round, start_seconds, agreement, memory."""
        return pd.DataFrame(
            {
                "contender": key,
                "round": number,
                "start_seconds": turn.start_seconds,
                "agreement": turn.agreement,
                **(asdict(turn.memory) if turn.memory else _NO_MEMORY),
            }
            for key, number, turn in self.turns
        )

    def swept(self) -> pd.DataFrame:
        """One row for each variant that was tried."""
        return pd.DataFrame(
            {"contender": key, **options, **_row(measurement)}
            for key, options, measurement in self.sweeps
        )

    def growth_by_tokens(self) -> pd.DataFrame:
        """One row for each length of comments."""
        found = self.growth.by_tokens.items()
        return pd.DataFrame({"tokens": tokens, **_row(each)} for tokens, each in found)

    def growth_by_workers(self) -> pd.DataFrame:
        """One row for each number of workers."""
        found = self.growth.by_workers.items()
        return pd.DataFrame({"workers": workers, **_row(each)} for workers, each in found)

    def growth_by_rate(self) -> pd.DataFrame:
        """One row for each offered rate."""
        return pd.DataFrame(asdict(each) for each in self.growth.by_rate)


def _row(measurement: Measurement) -> dict[str, float]:
    return {**asdict(measurement), "per_second": measurement.per_second}
