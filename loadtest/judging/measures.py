"""Measures of a run: recovery, the rate that came back, the load that held, growth of memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from loadtest.judging.timeline import between, failed, percentiles_ms

WINDOW_S: Final = 3
_FULL_RATE_SHARE: Final = 0.8
_CALM_FACTOR: Final = 2.0
_CALM_AT_LEAST_MS: Final = 250.0


@dataclass(frozen=True, slots=True)
class StepRun:
    """A step as it was run: its users, and the seconds from ``began_s`` to ``ended_s``."""

    users: int
    began_s: float
    ended_s: float


@dataclass(frozen=True, slots=True)
class Held:
    """The load of the last step that held, and of the first that did not, if any."""

    users: int
    per_second: float
    p95_ms: float
    broke: str


@dataclass(frozen=True, slots=True)
class Backlog:
    """Requests that were unanswered at a moment, and the seconds that answering them takes."""

    requests: int
    seconds: float


def calm_p95_ms(table: pd.DataFrame, before_s: float) -> float:
    """The p95 up to which a service counts as recovered: twice that of the time before.

    It is 250 ms at least, so that a service at rest does not set a limit that noise breaks.
    """
    p95 = percentiles_ms(between(table, 0, before_s))["p95"]
    return max(_CALM_AT_LEAST_MS, _CALM_FACTOR * p95)


def recovery_s(table: pd.DataFrame, since_s: float, limit_p95_ms: float) -> float | None:
    """Seconds from ``since_s`` to the first three in a row that are calm; None if none are.

    A second is calm if the requests sent in it are all answered rightly, with a p95 within the
    limit.
    """
    after = between(table, since_s, float("inf"))
    if after.empty:
        return None
    second = (after["sent_s"] - since_s).astype(int)
    p95 = after["ms"].groupby(second).quantile(0.95)
    wrong = set(second[after["error"] != ""])
    calm = {s for s, value in p95.items() if value <= limit_p95_ms and s not in wrong}
    for start in range(int(second.max()) - WINDOW_S + 2):
        if calm.issuperset(range(start, start + WINDOW_S)):
            return float(start)
    return None


def backlog_after(table: pd.DataFrame, peak: StepRun) -> Backlog:
    """The requests unanswered at the end of ``peak``, and how long they take at its own rate.

    Refused ones do not count: nothing waits for them.
    """
    right = table[table["error"] == ""]
    answered = right["answered_s"]
    waiting = int(((right["sent_s"] < peak.ended_s) & (answered >= peak.ended_s)).sum())
    during = int(((answered >= peak.began_s) & (answered < peak.ended_s)).sum())
    return Backlog(waiting, waiting * (peak.ended_s - peak.began_s) / max(1, during))


def full_rate_s(
    table: pd.DataFrame, from_s: float, before_s: float, since_s: float
) -> float | None:
    """Seconds from ``since_s`` to the first three in a row at 80 % of the rate before, or None.

    The rate before is that of right answers from ``from_s`` to ``before_s``.
    """
    answered = table[table["error"] == ""]["answered_s"]
    rate = ((answered >= from_s) & (answered < before_s)).sum() / max(1e-9, before_s - from_s)
    after = answered[answered >= since_s] - since_s
    if after.empty:
        return None
    rates = after.astype(int).value_counts()
    rates = rates.reindex(range(int(after.max()) + 1), fill_value=0).sort_index()
    means = rates.rolling(WINDOW_S).mean().dropna()
    full = means[means >= _FULL_RATE_SHARE * rate]
    return None if full.empty else float(full.index[0] - WINDOW_S + 1)


def held_load(table: pd.DataFrame, steps: Sequence[StepRun], limit_p95_ms: float) -> Held:
    """The highest load up to which every step kept the limit and failed nothing."""
    held = Held(users=0, per_second=0.0, p95_ms=0.0, broke="")
    for step in steps:
        sent = between(table, step.began_s, step.ended_s)
        if sent.empty:
            continue
        p95 = percentiles_ms(sent)["p95"]
        rate = len(sent) / (step.ended_s - step.began_s)
        failures = len(failed(sent))
        if failures or p95 > limit_p95_ms:
            broke = f"at {rate:.0f} requests/s: p95 {p95:.0f} ms, {failures} failed"
            return Held(held.users, held.per_second, held.p95_ms, broke)
        held = Held(step.users, rate, p95, broke="")
    return held


def growth_percent(memory: pd.DataFrame) -> float:
    """How much more the last fifth of the samples used than the second fifth, by median.

    ``memory`` has columns ``at_s`` and ``rss_mb``; the first fifth is warm-up.
    """
    total = memory.groupby("at_s")["rss_mb"].sum()
    fifth = max(1, len(total) // 5)
    early, late = total.iloc[fifth : 2 * fifth], total.iloc[-fifth:]
    if early.empty:
        return 0.0
    return float((late.median() / early.median() - 1) * 100)
