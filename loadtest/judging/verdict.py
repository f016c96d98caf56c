"""The verdict on a run: one function for each key of its scenario's rule."""

import errno
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

import pandas as pd

from loadtest.faults import Done
from loadtest.judging.completeness import Completeness
from loadtest.judging.measures import (
    StepRun,
    backlog_after,
    calm_p95_ms,
    full_rate_s,
    growth_percent,
    held_load,
    recovery_s,
)
from loadtest.judging.timeline import failed, percentiles_ms
from loadtest.sampling import GENERATOR, of_service
from loadtest.scenarios import Capacity, Deed, Scenario

_QUEUE_FULL: Final = 503
_NO_FILE_LEFT: Final = os.strerror(errno.EMFILE)
_SENT_SHARE: Final = 0.95
_SATURATED_PERCENT: Final = 90.0
# Answers do not come back as evenly as they did in the peak.
_DRAIN_FACTOR: Final = 1.5

# The rules whose outcome depends on a load generator that keeps up.
_OF_PACE: Final = frozenset(
    {
        "p95_ms",
        "p99_ms",
        "sent_share",
        "holds_of_capacity",
        "refusals_at_least",
        "refusal_p95_ms",
        "recovers_within_s",
        "full_rate_within_s",
    }
)


@dataclass(frozen=True)
class Evidence:
    """All that is known of a run when it is over.

    ``completeness`` is None if the log was not counted, ``capacity`` if it was not measured.
    ``samples`` are of the load generator alone if the service is on another machine.
    """

    scenario: Scenario
    requests: pd.DataFrame
    steps: tuple[StepRun, ...]
    done: tuple[Done, ...]
    samples: pd.DataFrame
    batch_size: int
    completeness: Completeness | None
    capacity: Capacity | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that had to hold, what was found, and whether it held.

    One that is ``of_pace`` says something of the service only if the load generator kept up.
    """

    wanted: str
    found: str
    passed: bool
    of_pace: bool = False


class Ending(StrEnum):
    """How a run ended; the load generator's own lag is not the service's fault."""

    PASSED = "passed"
    FAILED = "failed"
    GENERATOR = "the load generator could not keep up"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class LoadVerdict:
    """All checks of a run. ``lag`` says how the load generator lagged, and is empty if not."""

    checks: tuple[Check, ...]
    lag: str

    @property
    def ending(self) -> Ending:
        """Passed if each check did; the generator's if it lagged and only pace was missed."""
        missed = [check for check in self.checks if not check.passed]
        if not missed:
            return Ending.PASSED
        only_pace = self.lag and all(check.of_pace for check in missed)
        return Ending.GENERATOR if only_pace else Ending.FAILED


def judge(evidence: Evidence) -> LoadVerdict:
    """Compare a run with the limits of its rule, and its log with its answers.

    Requests that the load generator had no file for never reached the service: they are left out.
    """
    is_unsent = evidence.requests["error"].str.contains(_NO_FILE_LEFT, regex=False)
    if not is_unsent.any():
        return LoadVerdict(tuple(_checks(evidence)), _lag(evidence))
    sent = replace(evidence, requests=evidence.requests[~is_unsent])
    found = f"{is_unsent.sum():,} not sent: {_NO_FILE_LEFT}"
    own = Check("every request of the load sent", found, passed=False, of_pace=True)
    return LoadVerdict((*_checks(sent), own), "it had no open file left (`ulimit -Hn`)")


def _checks(evidence: Evidence) -> Iterator[Check]:
    rule = evidence.scenario.rule
    right = len(evidence.requests) - len(failed(evidence.requests))
    yield Check("something answered rightly", f"{right:,} answers", right > 0)
    for name, check in _CHECKS.items():
        if (limit := getattr(rule, name)) is not None:
            yield Check(*check(evidence, limit), of_pace=name in _OF_PACE)
    if evidence.completeness is not None:
        yield Check(*_complete(evidence.completeness, rule.missing_lines, rule.doubled_lines))


def _lag(evidence: Evidence) -> str:
    """An open load shows it by requests that were not sent, a closed one by a core used up."""
    if evidence.scenario.options.arrivals:
        share = _sent(evidence)
        return f"it sent {share:.1%} of the rate" if share < _SENT_SHARE else ""
    own = evidence.samples[evidence.samples["process"] == GENERATOR]
    busiest = own.groupby("pid")["cpu_percent"].median().max()
    return f"it used {busiest:.0f} % of a core" if busiest >= _SATURATED_PERCENT else ""


def _sent(evidence: Evidence) -> float:
    """The share of an open load that was sent of what was due."""
    arrivals = evidence.scenario.options.arrivals
    due, users = 0.0, 0
    for step, planned in zip(evidence.steps, evidence.scenario.steps, strict=False):
        new = max(0, step.users - users)
        due += step.users * (step.ended_s - step.began_s) * arrivals
        due -= new * new / planned.rate / 2 * arrivals  # they start one after the other
        users = step.users
    return len(evidence.requests) / due if due > 0 else 1.0


# What was wanted, what was found, whether it held.
_Finding = tuple[str, str, bool]


def _max_failures(evidence: Evidence, limit: int) -> _Finding:
    failures = len(failed(evidence.requests))
    return f"failed requests at most {limit:,}", f"{failures:,}", failures <= limit


def _percentile(percent: int) -> Callable[[Evidence, float], _Finding]:
    def check(evidence: Evidence, limit: float) -> _Finding:
        value = percentiles_ms(evidence.requests)[f"p{percent}"]
        return f"p{percent} at most {limit:g} ms", f"{value:g} ms", value <= limit

    return check


def _sent_share(evidence: Evidence, limit: float) -> _Finding:
    share = _sent(evidence)
    return f"at least {limit:.0%} of the rate sent", f"{share:.1%}", share >= limit


def _only_statuses(evidence: Evidence, allowed: tuple[int, ...]) -> _Finding:
    counts = evidence.requests["status"].value_counts()
    other = counts[~counts.index.isin(allowed)]
    found = ", ".join(f"{n:,} of {s or 'no answer'}" for s, n in other.items()) or "no other"
    return f"no status but {', '.join(map(str, allowed))}", found, other.empty


def _holds(evidence: Evidence, share: float) -> _Finding:
    """Without a measured capacity any load that holds will do."""
    p95_limit = evidence.scenario.stop_over_p95_ms or float("inf")
    least = share * evidence.capacity.per_second if evidence.capacity else 0.0
    held = held_load(evidence.requests, evidence.steps, p95_limit)
    found = f"{held.per_second:.0f} requests/s held (p95 {held.p95_ms:.0f} ms); " + (
        f"broke {held.broke}" if held.broke else "the highest step did not break it"
    )
    wanted = f"p95 within {p95_limit:g} ms at {least:.0f} requests/s or more"
    return wanted, found, held.users > 0 and held.per_second >= least


def _recovers_within(evidence: Evidence, limit: float) -> _Finding:
    """``limit`` comes on top of the time that what was queued at the peak's end takes."""
    try:
        _, peak, after = evidence.steps
    except ValueError:
        return f"calm again within {limit:g} s", "the run ended before", False
    calm_ms = calm_p95_ms(evidence.requests, before_s=peak.began_s)
    backlog = backlog_after(evidence.requests, peak)
    within = limit + _DRAIN_FACTOR * backlog.seconds
    seconds = recovery_s(evidence.requests, after.began_s, calm_ms)
    found = "not within the run" if seconds is None else f"{seconds:g} s after the peak"
    return (
        f"calm again (p95 within {calm_ms:.0f} ms, no failure) within {within:.0f} s",
        f"{found}, when {backlog.requests:,} requests were waiting",
        seconds is not None and seconds <= within,
    )


def _refusals(evidence: Evidence, limit: int) -> _Finding:
    refused = int((evidence.requests["status"] == _QUEUE_FULL).sum())
    return f"the queue full: 503 {limit} times or more", f"{refused:,} times", refused >= limit


def _refusal_p95(evidence: Evidence, limit: float) -> _Finding:
    """At most ``limit``, or half of what answers take: a refusal does not wait in the queue."""
    requests = evidence.requests
    refused = requests[requests["status"] == _QUEUE_FULL]
    answered = requests[requests["error"] == ""]
    limit = max(limit, round(percentiles_ms(answered)["p95"] / 2))
    p95 = percentiles_ms(refused)["p95"]
    return f"a 503 is quick: p95 at most {limit:g} ms", f"{p95:g} ms", p95 <= limit


def _batches_lost(evidence: Evidence, limit: int) -> _Finding:
    failures = len(failed(evidence.requests))
    wanted = f"failed requests at most {limit} batch of a worker ({evidence.batch_size})"
    return wanted, f"{failures}", failures <= limit * evidence.batch_size


def _scaling_up_fails_none(evidence: Evidence, _: object) -> _Finding:
    wanted = "scaling up fails nothing"
    scaled = [done for done in evidence.done if done.do is Deed.SCALE]
    try:
        _, up, down = scaled
    except ValueError:
        return wanted, "the run ended before", False
    wrong = failed(evidence.requests)
    # By the time of the answer: what scaling down ends was sent before.
    failures = int((wrong["answered_s"] < down.began_s).sum())
    return wanted, f"{failures} failed; ready {up.took_s:.1f} s after the call", failures == 0


def _full_rate_within(evidence: Evidence, limit: float) -> _Finding:
    """From when the worker is ready again: a busy machine takes its time to start one."""
    wanted = f"full rate within {limit:g} s of the worker being ready again"
    killed = next((done for done in evidence.done if done.do is Deed.KILL_WORKER), None)
    if killed is None:
        return wanted, "the run ended before", False
    warm_s = min(2.0, killed.began_s / 2)
    ready_s = killed.began_s + killed.took_s
    seconds = full_rate_s(evidence.requests, warm_s, killed.began_s, ready_s)
    found = "not within the run" if seconds is None else f"{seconds:g} s"
    found += f"; worker ready again after {killed.took_s:.1f} s"
    return wanted, found, seconds is not None and seconds <= limit


def _memory_growth(evidence: Evidence, limit: float) -> _Finding:
    wanted = f"memory of JVM and workers grows by {limit:g} % at most"
    memory = of_service(evidence.samples)
    if memory.empty:
        return wanted, "not sampled: the service is not on this machine", False
    growth = growth_percent(memory)
    return wanted, f"{growth:+.1f} %", growth <= limit


def _complete(counted: Completeness, missing: int, doubled: int) -> _Finding:
    found = f"{counted.found_lines:,} of {counted.owed_lines:,} lines"
    if not counted.is_whole:
        found += (
            f"; {counted.missing_lines} missing, {counted.doubled_lines} doubled, "
            f"{counted.other_label} of another label, {counted.broken_lines} broken"
        )
    wanted = "each answer has its log lines, once"
    wanted += f"; {missing} may be missing" if missing else ""
    wanted += f"; {doubled} may be there twice" if doubled else ""
    few_enough = counted.missing_lines <= missing and counted.doubled_lines <= doubled
    return wanted, found, few_enough and not (counted.other_label or counted.broken_lines)


_CHECKS: Final[dict[str, Callable[[Evidence, Any], _Finding]]] = {
    "max_failures": _max_failures,
    "p95_ms": _percentile(95),
    "p99_ms": _percentile(99),
    "sent_share": _sent_share,
    "only_statuses": _only_statuses,
    "holds_of_capacity": _holds,
    "refusals_at_least": _refusals,
    "refusal_p95_ms": _refusal_p95,
    "recovers_within_s": _recovers_within,
    "scaling_up_fails_none": _scaling_up_fails_none,
    "batches_lost": _batches_lost,
    "full_rate_within_s": _full_rate_within,
    "memory_growth_percent": _memory_growth,
}
