"""The folder of a run, written and read again."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

import pandas as pd

from goemotions.errors import GoEmotionsError
from loadtest.judging.timeline import failed, percentiles_ms, read_requests
from loadtest.judging.verdict import Ending, Evidence, LoadVerdict
from loadtest.options import RESULTS

SUMMARY: Final = "summary.json"
_REQUESTS: Final = "requests.csv.gz"
_SAMPLES: Final = "memory.csv"
_HISTORY: Final = "locust_stats_history.csv"
_ERRORS_KEPT: Final = 20


class ResultsError(GoEmotionsError):
    """A folder that holds no results; the message says which, and what to do."""


@dataclass(frozen=True)
class RunData:
    """The results of a run, read from its folder.

    ``users`` is the number of users by second since the start.
    """

    name: str
    summary: Mapping[str, Any]
    requests: pd.DataFrame
    users: pd.Series
    samples: pd.DataFrame

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Raises ``ResultsError`` if ``folder`` is no run's."""
        try:
            summary = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
            requests = read_requests(folder / _REQUESTS)
            samples = pd.read_csv(folder / _SAMPLES)
            history = pd.read_csv(folder / _HISTORY)
        except (OSError, ValueError) as error:
            raise ResultsError(
                f"{folder} holds no results of a run ({error}); `ls {RESULTS.name}` in loadtest/ "
                "lists the folders that do"
            ) from error
        return cls(folder.name, summary, requests, _users(history, summary["started"]), samples)

    @property
    def ending(self) -> str:
        """How the run ended; earlier versions kept only whether it passed."""
        verdict = self.summary["verdict"]
        return str(verdict.get("ending", "passed" if verdict["passed"] else "failed"))


def write_tables(folder: Path, requests: pd.DataFrame, samples: pd.DataFrame) -> None:
    """Write every request and every sample."""
    requests.to_csv(folder / _REQUESTS, index=False)
    samples.to_csv(folder / _SAMPLES, index=False)


def summarise(evidence: Evidence, verdict: LoadVerdict) -> dict[str, Any]:
    """The figures of a run and its verdict, for ``summary.json``."""
    requests = evidence.requests
    seconds = evidence.steps[-1].ended_s if evidence.steps else 0.0
    wrong = failed(requests)
    return {
        "seconds": seconds,
        "requests": len(requests),
        "failures": len(wrong),
        "requests_per_second": _rate(len(requests), seconds),
        "failures_per_second": _rate(len(wrong), seconds),
        "ms": {
            "mean": _mean(requests["ms"]),
            **percentiles_ms(requests),
            "max": float(requests["ms"].max()) if len(requests) else 0.0,
        },
        "mean_size_bytes": _mean(requests["size"]),
        "by_status": {str(k): int(n) for k, n in requests["status"].value_counts().items()},
        "by_name": _by_name(requests),
        "errors": {k: int(n) for k, n in wrong["error"].value_counts()[:_ERRORS_KEPT].items()},
        "capacity": None if evidence.capacity is None else asdict(evidence.capacity),
        "steps": [asdict(step) for step in evidence.steps],
        "actions": [asdict(done) for done in evidence.done],
        "verdict": {
            "passed": verdict.ending is Ending.PASSED,
            "ending": verdict.ending,
            "generator_lag": verdict.lag,
            "checks": [asdict(check) for check in verdict.checks],
        },
        "completeness": None if evidence.completeness is None else asdict(evidence.completeness),
    }


def _by_name(requests: pd.DataFrame) -> dict[str, dict[str, float]]:
    return {
        str(name): {"requests": len(own), "failures": len(failed(own)), **percentiles_ms(own)}
        for name, own in requests.groupby("name")
    }


def _rate(count: int, seconds: float) -> float:
    return round(count / seconds, 2) if seconds else 0.0


def _mean(values: pd.Series) -> float:
    return round(float(values.mean()), 1) if len(values) else 0.0


def _users(history: pd.DataFrame, started: float) -> pd.Series:
    total = history[history["Name"] == "Aggregated"]
    at_s = (total["Timestamp"] - int(started)).astype(int)
    return total["User Count"].groupby(at_s).last()
