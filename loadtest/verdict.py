"""Whether a run kept its scenario's rule: one function for each key of ``rule``."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from loadtest.completeness import Completeness
from loadtest.faults import Done
from loadtest.measures import (
    StepRun,
    calm_p95_ms,
    full_rate_s,
    growth_percent,
    held_load,
    recovery_s,
)
from loadtest.scenarios import Deed, Scenario
from loadtest.timeline import failed, percentiles_ms

_QUEUE_FULL: Final = 503


@dataclass(frozen=True)
class Evidence:
    """All that is known of a run when it is over.

    ``completeness`` is None where the log could not be read, as with a service on another
    machine; ``memory`` is empty then too.
    """

    scenario: Scenario
    requests: pd.DataFrame
    steps: tuple[StepRun, ...]
    done: tuple[Done, ...]
    memory: pd.DataFrame
    batch_size: int
    completeness: Completeness | None


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that had to hold, what was found, and whether it held."""

    wanted: str
    found: str
    passed: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """All checks of a run; it passed if each of them did."""

    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether each check passed."""
        return all(check.passed for check in self.checks)


def judge(evidence: Evidence) -> Verdict:
    """Hold a run against the limits of its rule, and its log against its answers."""
    rule = evidence.scenario.rule
    checks = [
        check(evidence, limit)
        for name, check in _CHECKS.items()
        if (limit := getattr(rule, name)) is not None
    ]
    checks.insert(0, _answered(evidence))
    if evidence.completeness is not None:
        checks.append(_complete(evidence.completeness, rule.missing_lines, rule.doubled_lines))
    return Verdict(tuple(checks))


def _answered(evidence: Evidence) -> Check:
    right = len(evidence.requests) - len(failed(evidence.requests))
    return Check("something answered rightly", f"{right:,} answers", right > 0)


def _max_failures(evidence: Evidence, limit: int) -> Check:
    failures = len(failed(evidence.requests))
    return Check(f"failed requests at most {limit:,}", f"{failures:,}", failures <= limit)


def _percentile(percent: int) -> Callable[[Evidence, float], Check]:
    def check(evidence: Evidence, limit: float) -> Check:
        value = percentiles_ms(evidence.requests)[f"p{percent}"]
        return Check(f"p{percent} at most {limit:g} ms", f"{value:g} ms", value <= limit)

    return check


def _sent_share(evidence: Evidence, limit: float) -> Check:
    """An open load is one only if the load generator itself kept up."""
    scenario = evidence.scenario
    due = sum(
        step.users * (step.ended_s - step.began_s) * scenario.arrivals for step in evidence.steps
    )
    share = len(evidence.requests) / due if due else 0.0
    return Check(f"at least {limit:.0%} of the rate sent", f"{share:.1%}", share >= limit)


def _only_statuses(evidence: Evidence, allowed: tuple[int, ...]) -> Check:
    counts = evidence.requests["status"].value_counts()
    other = counts[~counts.index.isin(allowed)]
    found = ", ".join(f"{n:,} of {s or 'no answer'}" for s, n in other.items()) or "no other"
    return Check(f"no status but {', '.join(map(str, allowed))}", found, other.empty)


def _holds_per_second(evidence: Evidence, limit: float) -> Check:
    p95_limit = evidence.scenario.stop_over_p95_ms or float("inf")
    held = held_load(evidence.requests, evidence.steps, p95_limit)
    found = f"{held.per_second:.0f} requests/s held (p95 {held.p95_ms:.0f} ms); " + (
        f"broke {held.broke}" if held.broke else "the highest step did not break it"
    )
    wanted = f"p95 within {p95_limit:g} ms at {limit:g} requests/s or more"
    return Check(wanted, found, held.per_second >= limit)


def _recovers_within(evidence: Evidence, limit: float) -> Check:
    try:
        _, peak, after = evidence.steps
    except ValueError:
        return Check(f"calm again within {limit:g} s", "the run ended before", passed=False)
    calm_ms = calm_p95_ms(evidence.requests, before_s=peak.began_s)
    seconds = recovery_s(evidence.requests, after.began_s, calm_ms)
    found = "not within the run" if seconds is None else f"{seconds:g} s after the peak"
    return Check(
        f"calm again (p95 within {calm_ms:.0f} ms, no failure) within {limit:g} s",
        found,
        seconds is not None and seconds <= limit,
    )


def _refusals(evidence: Evidence, limit: int) -> Check:
    refused = int((evidence.requests["status"] == _QUEUE_FULL).sum())
    return Check(
        f"the queue full: 503 {limit} times or more", f"{refused:,} times", refused >= limit
    )


def _refusal_p95(evidence: Evidence, limit: float) -> Check:
    refused = evidence.requests[evidence.requests["status"] == _QUEUE_FULL]
    p95 = percentiles_ms(refused)["p95"]
    return Check(f"a 503 is quick: p95 at most {limit:g} ms", f"{p95:g} ms", p95 <= limit)


def _batches_lost(evidence: Evidence, limit: int) -> Check:
    failures = len(failed(evidence.requests))
    most = limit * evidence.batch_size
    return Check(
        f"failed requests at most {limit} batch of a worker ({evidence.batch_size})",
        f"{failures}",
        failures <= most,
    )


def _scaling_up_fails_none(evidence: Evidence, _: object) -> Check:
    scaled = [done for done in evidence.done if done.do is Deed.SCALE]
    try:
        _, up, down = scaled
    except ValueError:
        return Check("scaling up fails nothing", "the run ended before", passed=False)
    wrong = failed(evidence.requests)
    # By the time of the answer: what scaling down ends was sent before.
    failures = int((wrong["answered_s"] < down.began_s).sum())
    found = f"{failures} failed; ready {up.took_s:.1f} s after the call"
    return Check("scaling up fails nothing", found, failures == 0)


def _full_rate_within(evidence: Evidence, limit: float) -> Check:
    killed = next((done for done in evidence.done if done.do is Deed.KILL_WORKER), None)
    wanted = f"full rate again within {limit:g} s"
    if killed is None:
        return Check(wanted, "the run ended before", passed=False)
    warm_s = min(2.0, killed.began_s / 2)
    seconds = full_rate_s(evidence.requests, killed.began_s, warm_s)
    found = "not within the run" if seconds is None else f"{seconds:g} s"
    found += f"; worker ready again after {killed.took_s:.1f} s"
    return Check(wanted, found, seconds is not None and seconds <= limit)


def _memory_growth(evidence: Evidence, limit: float) -> Check:
    wanted = f"memory of JVM and workers grows by {limit:g} % at most"
    if evidence.memory.empty:
        return Check(wanted, "not sampled: the service is not on this machine", passed=False)
    growth = growth_percent(evidence.memory)
    return Check(wanted, f"{growth:+.1f} %", growth <= limit)


def _complete(completeness: Completeness, missing: int, doubled: int) -> Check:
    found = f"{completeness.found_lines:,} of {completeness.owed_lines:,} lines"
    if not completeness.is_whole:
        found += (
            f"; {completeness.missing_lines} missing, {completeness.doubled_lines} doubled, "
            f"{completeness.other_label} of another label, {completeness.broken_lines} broken"
        )
    passed = (
        completeness.missing_lines <= missing
        and completeness.doubled_lines <= doubled
        and not (completeness.other_label or completeness.broken_lines)
    )
    wanted = "each answer has its log lines, once"
    wanted += f"; {missing} may be missing" if missing else ""
    wanted += f"; {doubled} may stand twice" if doubled else ""
    return Check(wanted, found, passed)


_CHECKS: Final[dict[str, Callable[[Evidence, Any], Check]]] = {
    "max_failures": _max_failures,
    "p95_ms": _percentile(95),
    "p99_ms": _percentile(99),
    "sent_share": _sent_share,
    "only_statuses": _only_statuses,
    "holds_per_second": _holds_per_second,
    "refusals_at_least": _refusals,
    "refusal_p95_ms": _refusal_p95,
    "recovers_within_s": _recovers_within,
    "scaling_up_fails_none": _scaling_up_fails_none,
    "batches_lost": _batches_lost,
    "full_rate_within_s": _full_rate_within,
    "memory_growth_percent": _memory_growth,
}
