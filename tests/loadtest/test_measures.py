"""Recovery, full rate, held load and growth, read off runs made by hand."""

import pandas as pd
import pytest

from loadtest.judging.measures import (
    Backlog,
    StepRun,
    backlog_after,
    calm_p95_ms,
    full_rate_s,
    growth_percent,
    held_load,
    recovery_s,
)
from tests.loadtest.requests_builder import sent, steady, table

REFUSED = {"status": 503, "error": "503 in place of 200"}


def test_recovery_is_the_first_of_three_calm_seconds():
    requests = table(steady(10, 14, ms=900), steady(14, 20, ms=20))
    assert recovery_s(requests, since_s=10, limit_p95_ms=100) == 4


def test_a_failure_in_between_puts_recovery_off():
    requests = table(steady(10, 20, ms=20), sent(11.5, **REFUSED))
    assert recovery_s(requests, since_s=10, limit_p95_ms=100) == 2


def test_calm_for_less_than_three_seconds_is_no_recovery():
    requests = table(steady(10, 12, ms=20), steady(12, 20, ms=900))
    assert recovery_s(requests, since_s=10, limit_p95_ms=100) is None


def test_without_a_request_afterwards_there_is_no_recovery():
    assert recovery_s(table(steady(0, 10)), since_s=10, limit_p95_ms=100) is None


def test_calm_is_twice_the_p95_of_before_but_no_less_than_250_ms():
    assert calm_p95_ms(table(steady(0, 5, ms=300)), before_s=5) == 600
    assert calm_p95_ms(table(steady(0, 5, ms=3)), before_s=5) == 250


def test_full_rate_is_back_at_80_per_cent_of_the_rate_before():
    requests = table(steady(0, 10, 100), steady(10, 14, 30), steady(14, 16, 75), steady(16, 25, 85))
    assert full_rate_s(requests, from_s=1, before_s=10, since_s=10) in (5, 6)


def test_full_rate_counts_right_answers_alone():
    requests = table(steady(0, 10, 100), steady(10, 20, 100, **REFUSED))
    assert full_rate_s(requests, from_s=1, before_s=10, since_s=10) is None


def test_a_rate_that_never_fell_is_back_at_once():
    assert full_rate_s(table(steady(0, 20, 50)), from_s=1, before_s=10, since_s=10) == 0


def test_the_backlog_of_a_peak_takes_as_long_as_the_peak_s_own_rate_says():
    answered = steady(9.5, 19.5, 10, ms=500)  # in the peak
    waiting = steady(19.5, 20, 40, ms=9000)
    requests = table(steady(0, 9, 10), answered, waiting, sent(19.9, ms=900, **REFUSED))
    assert backlog_after(requests, StepRun(100, 10, 20)) == Backlog(20, pytest.approx(2, abs=0.1))


def test_a_peak_that_left_nothing_unanswered_has_no_backlog():
    assert backlog_after(table(steady(0, 9, 10)), StepRun(100, 0, 10)) == Backlog(0, 0)


STEPS = (StepRun(10, 0, 10), StepRun(20, 10, 20), StepRun(30, 20, 30))


def test_the_load_that_held_is_that_of_the_last_step_within_the_limit():
    requests = table(steady(0, 10, 50), steady(10, 20, 100), steady(20, 30, 150, ms=800))
    held = held_load(requests, STEPS, limit_p95_ms=500)
    assert (held.users, held.per_second) == (20, pytest.approx(100, abs=1))
    assert "p95 800 ms" in held.broke


def test_a_step_with_a_failure_did_not_hold():
    requests = table(steady(0, 10, 50), steady(10, 20, 100), sent(15, **REFUSED))
    held = held_load(requests, STEPS, limit_p95_ms=500)
    assert held.users == 10
    assert "1 failed" in held.broke


def test_a_ramp_that_never_broke_says_so():
    held = held_load(table(steady(0, 30, 50)), STEPS, limit_p95_ms=500)
    assert (held.users, held.broke) == (30, "")


def test_nothing_held_where_the_first_step_broke():
    held = held_load(table(steady(0, 10, 50, ms=900)), STEPS, limit_p95_ms=500)
    assert (held.users, held.per_second) == (0, 0)


def memory(*totals):
    rows = [(at_s, name, total / 2) for at_s, total in enumerate(totals) for name in ("jvm", "w")]
    return pd.DataFrame(rows, columns=["at_s", "process", "rss_mb"])


def test_growth_leaves_the_warm_up_out():
    assert growth_percent(memory(100, 500, *[1000] * 8)) == pytest.approx(0, abs=1)
    assert growth_percent(memory(100, 900, 1000, 1000, *[1100] * 4, 1200, 1200)) == pytest.approx(
        20
    )


def test_growth_of_too_few_samples_is_none():
    assert growth_percent(memory(100)) == 0
