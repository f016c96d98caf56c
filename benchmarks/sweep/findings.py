"""All that a sweep has found so far; written after each turn, and read again to go on."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import pandas as pd

from benchmarks.errors import BenchmarkError
from benchmarks.sweep.turn import SettingTurn
from terminal.results import write_json

FILE: Final = "sweep.json"


@dataclass(frozen=True, slots=True)
class Findings:
    """What was measured, and on what.

    ``about``     the machine, the versions, the date, the comments.
    ``basis``     what turns of one sweep must have in common: see ``Findings.load``.
    ``settings``  names in the order of the table, by what differs from what is delivered.
    ``failures``  by setting: why it was not measured, or not again.
    """

    about: dict[str, Any]
    basis: dict[str, Any]
    settings: dict[str, dict[str, Any]]
    turns: list[SettingTurn] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """What ``save`` wrote into ``folder``; raises ``BenchmarkError`` where there is none."""
        file = folder / FILE
        try:
            document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            turns = [SettingTurn.read(turn) for turn in document["turns"]]
            return cls(**{**document, "turns": turns})
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise BenchmarkError(
                f"{file} holds no sweep ({error!r}); name the folder of one"
            ) from error

    def save(self, folder: Path) -> None:
        """Write it whole, so that a run killed meanwhile leaves the one before."""
        whole = folder / f"{FILE}.new"
        write_json(whole, asdict(self))
        whole.replace(folder / FILE)

    def has(self, setting: str, number: int) -> bool:
        """Whether this turn was taken."""
        return any(turn.setting == setting and turn.number == number for turn in self.turns)

    def knows_idle(self, setting: str) -> bool:
        """Whether it is known what the setting takes when nothing is asked."""
        return any(turn.setting == setting and turn.idle_percent is not None for turn in self.turns)

    def loads(self) -> pd.DataFrame:
        """One row for each load: setting, turn, what it gave and what it took."""
        return pd.DataFrame(
            {
                "setting": turn.setting,
                "turn": turn.number,
                **asdict(load.measurement),
                "per_second": load.measurement.per_second,
                **{name: value for name, value in asdict(load).items() if name != "measurement"},
            }
            for turn in self.turns
            for load in turn.loads
        )

    def states(self) -> pd.DataFrame:
        """One row for each turn: setting, turn, start, memory, idle time."""
        return pd.DataFrame(
            {
                "setting": turn.setting,
                "turn": turn.number,
                "start_seconds": turn.start_seconds,
                "frontend_mib": turn.frontend_mib,
                "worker_mib": max(turn.workers_mib),
                "resident_mib": turn.frontend_mib + sum(turn.workers_mib),
                "idle_percent": turn.idle_percent,
            }
            for turn in self.turns
        )
