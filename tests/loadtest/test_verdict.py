"""Each key of a rule, with runs that keep it and runs that don't."""

from dataclasses import fields, replace

import pandas as pd
import pytest

from loadtest.faults import Done
from loadtest.judging.completeness import Completeness
from loadtest.judging.measures import StepRun
from loadtest.judging.verdict import Ending, Evidence, judge
from loadtest.options import UserOptions
from loadtest.scenarios import Capacity, Deed, Rule, plain_run
from tests.loadtest.requests_builder import sent, steady, table

DEAD = {"status": 507, "error": "507 in place of 200: Worker died.", "log_lines": 0}
FULL = {"status": 503, "error": "503 in place of 200: queue full", "log_lines": 0}
WHOLE = Completeness(10, 10, 10, 0, 0, 0, 0, 0, ())
NO_SAMPLES = pd.DataFrame(columns=["at_s", "process", "pid", "rss_mb", "cpu_percent"])
# Of 10 users in 40 s: 800 requests.
OPEN = {"options": UserOptions(arrivals=2.0)}
THREE_STEPS = (StepRun(10, 0, 10), StepRun(100, 10, 20), StepRun(10, 20, 40))


def evidence(requests, rule, **more):
    scenario = replace(plain_run(10, 10, 40), rule=rule, **more.pop("scenario", {}))
    given = {
        "steps": (StepRun(10, 0, 40),),
        "done": (),
        "samples": NO_SAMPLES,
        "batch_size": 8,
        "completeness": WHOLE,
    }
    return Evidence(scenario=scenario, requests=requests, **{**given, **more})


def passes(requests, rule, **more):
    return judge(evidence(requests, rule, **more)).ending is Ending.PASSED


def test_a_run_without_a_right_answer_fails_whatever_its_rule():
    assert not passes(table(), Rule())
    assert not passes(table(sent(1, **DEAD)), Rule())
    assert passes(table(sent(1)), Rule())


def test_max_failures():
    requests = table(steady(0, 5), sent(1, **DEAD), sent(2, **DEAD))
    assert passes(requests, Rule(max_failures=2))
    assert not passes(requests, Rule(max_failures=1))


@pytest.mark.parametrize("key", ["p95_ms", "p99_ms"])
def test_a_percentile_s_limit(key):
    requests = table(steady(0, 5, ms=100))
    assert passes(requests, Rule(**{key: 100}))
    assert not passes(requests, Rule(**{key: 99}))


def test_an_open_load_that_was_not_sent_is_no_proof():
    rule = Rule(sent_share=0.95)
    assert passes(table(steady(0, 40, 20)), rule, scenario=OPEN)
    verdict = judge(evidence(table(steady(0, 40, 15)), rule, scenario=OPEN))
    assert verdict.ending is Ending.GENERATOR


def samples_of_a_generator(*percents):
    rows = [(at_s, "generator", 1, 100.0, percent) for at_s, percent in enumerate(percents)]
    return pd.DataFrame(rows, columns=NO_SAMPLES.columns)


@pytest.mark.parametrize(
    ("lagging", "rate", "samples"),
    [(OPEN, 15, NO_SAMPLES), ({}, 20, samples_of_a_generator(20, 99, 100, 97))],
    ids=["an open load that is not sent", "a closed load that takes a whole core"],
)
def test_a_limit_on_time_that_a_lagging_generator_broke_is_not_the_service_s(
    lagging, rate, samples
):
    slow = table(steady(0, 40, rate, ms=100))
    more = {"scenario": lagging, "samples": samples}
    verdict = judge(evidence(slow, Rule(p95_ms=50), **more))
    assert verdict.ending is Ending.GENERATOR
    assert verdict.lag
    assert passes(slow, Rule(p95_ms=100), **more)


def test_a_failure_is_the_service_s_even_if_the_generator_lagged():
    requests = table(steady(0, 40, 15, ms=100), sent(1, **DEAD))
    rule = Rule(p95_ms=50, max_failures=0)
    assert judge(evidence(requests, rule, scenario=OPEN)).ending is Ending.FAILED


UNSENT = {"status": 0, "error": "[Errno 24] Too many open files", "log_lines": 0}


def test_requests_that_the_generator_had_no_open_file_for_are_not_the_service_s():
    requests = table(steady(0, 5), sent(1, **UNSENT))
    verdict = judge(evidence(requests, Rule(max_failures=0, only_statuses=(200,))))
    assert verdict.ending is Ending.GENERATOR
    assert "ulimit" in verdict.lag


def test_a_failure_beside_them_is_the_service_s_still():
    requests = table(steady(0, 5), sent(1, **UNSENT), sent(2, **DEAD))
    assert judge(evidence(requests, Rule(max_failures=0))).ending is Ending.FAILED


def test_a_slow_service_fails_if_the_generator_kept_up():
    requests = table(steady(0, 40, 20, ms=100))
    for more in ({"scenario": OPEN}, {"samples": samples_of_a_generator(20, 30, 25)}):
        assert judge(evidence(requests, Rule(p95_ms=50), **more)).ending is Ending.FAILED


def test_only_statuses_names_the_other_ones():
    requests = table(steady(0, 5), sent(1, **FULL), sent(2, status=0, error="refused"))
    assert passes(requests, Rule(only_statuses=(200, 503, 0)))
    verdict = judge(evidence(requests, Rule(only_statuses=(200, 503))))
    assert verdict.ending is Ending.FAILED
    assert "1 of no answer" in str(verdict)


def test_a_ramp_says_what_it_holds():
    requests = table(steady(0, 10, 50), steady(10, 20, 100), steady(20, 40, 100, ms=900))
    ramp = {"steps": THREE_STEPS, "scenario": {"stop_over_p95_ms": 500}}
    measured = Capacity(200.0, 100.0, 0.1)
    assert passes(requests, Rule(holds_of_capacity=0.45), capacity=measured, **ramp)
    verdict = judge(evidence(requests, Rule(holds_of_capacity=0.55), capacity=measured, **ramp))
    assert verdict.ending is Ending.FAILED
    assert "100 requests/s held" in str(verdict)


def test_a_ramp_without_a_measured_capacity_has_to_hold_something():
    ramp = {"steps": THREE_STEPS, "scenario": {"stop_over_p95_ms": 500}}
    assert passes(table(steady(0, 40, 10)), Rule(holds_of_capacity=0.5), **ramp)
    assert not passes(table(steady(0, 40, 10, ms=900)), Rule(holds_of_capacity=0.5), **ramp)


def test_recovery_within_a_time():
    requests = table(steady(0, 10), steady(10, 24, ms=900), steady(24, 40))
    assert passes(requests, Rule(recovers_within_s=4), steps=THREE_STEPS)
    assert not passes(requests, Rule(recovers_within_s=2), steps=THREE_STEPS)


def test_recovery_may_take_as_long_as_the_queue_needs():
    queued = steady(19, 20, 100, ms=9000)  # as many as the peak answered in ten seconds
    requests = table(
        steady(0, 10), steady(10, 18, 10), queued, steady(20, 29, ms=900), steady(29, 40)
    )
    assert passes(requests, Rule(recovers_within_s=0), steps=THREE_STEPS)


def test_a_run_that_ended_before_the_peak_was_over_has_not_recovered():
    requests = table(steady(0, 15))
    assert not passes(requests, Rule(recovers_within_s=4), steps=THREE_STEPS[:2])


def test_an_overload_must_have_filled_the_queue():
    assert not passes(table(steady(0, 5)), Rule(refusals_at_least=1))
    assert passes(table(steady(0, 5), sent(1, **FULL)), Rule(refusals_at_least=1))


def test_a_503_must_be_quick():
    requests = table(steady(0, 5, ms=60), sent(1, ms=50, **FULL))
    assert passes(requests, Rule(refusal_p95_ms=50))
    assert not passes(requests, Rule(refusal_p95_ms=49))


@pytest.mark.parametrize(("refused_ms", "passed"), [(50, True), (4400, True), (4600, False)])
def test_on_a_slow_machine_a_503_may_take_half_of_what_a_queued_answer_takes(refused_ms, passed):
    requests = table(steady(0, 5, ms=9000), sent(1, ms=refused_ms, **FULL))
    assert passes(requests, Rule(refusal_p95_ms=1000)) is passed


def test_a_killed_worker_may_fail_its_batch_and_no_more():
    batch = [sent(5, **DEAD) for _ in range(8)]
    assert passes(table(steady(0, 40), batch), Rule(batches_lost=1))
    assert not passes(table(steady(0, 40), batch, sent(6, **DEAD)), Rule(batches_lost=1))


def scaled(at_s):
    return Done(Deed.SCALE, at_s, 1.0, "workers")


def test_scaling_up_may_fail_nothing_while_scaling_down_may():
    rule = Rule(scaling_up_fails_none=True)
    done = (scaled(0), scaled(10), scaled(30))
    assert passes(table(steady(0, 40), sent(31, **DEAD)), rule, done=done)
    # Sent before, and ended by scaling down.
    assert passes(table(steady(0, 40), sent(29.9, ms=500, **DEAD)), rule, done=done)
    assert not passes(table(steady(0, 40), sent(11, **DEAD)), rule, done=done)
    assert not passes(table(steady(0, 5)), rule, done=done[:2])


def test_full_rate_after_a_kill():
    requests = table(steady(0, 10, 50), steady(10, 20, 25), steady(20, 40, 50))
    killed = {"done": (Done(Deed.KILL_WORKER, 10.0, 7.0, "worker"),)}
    assert passes(requests, Rule(full_rate_within_s=3), **killed)  # 17 s: the worker is ready
    assert not passes(requests, Rule(full_rate_within_s=1), **killed)
    assert not passes(requests, Rule(full_rate_within_s=3))


def test_memory_growth():
    rows = [(at_s, "jvm", 1, 100.0 + at_s, 10.0) for at_s in range(100)]
    memory = pd.DataFrame(rows, columns=NO_SAMPLES.columns)
    requests = table(steady(0, 5))
    assert passes(requests, Rule(memory_growth_percent=60), samples=memory)
    assert not passes(requests, Rule(memory_growth_percent=10), samples=memory)
    assert not passes(requests, Rule(memory_growth_percent=60), samples=NO_SAMPLES)


@pytest.mark.parametrize("fault", ["missing_lines", "doubled_lines", "other_label", "broken_lines"])
def test_an_incomplete_log_fails_a_run_that_kept_all_else(fault):
    counted = replace(WHOLE, **{fault: 1})
    assert not passes(table(steady(0, 5)), Rule(), completeness=counted)


def test_a_rule_may_allow_for_a_batch_that_is_logged_twice_but_for_no_more():
    requests = table(steady(0, 5))
    allowing = Rule(doubled_lines=8)
    assert passes(requests, allowing, completeness=replace(WHOLE, doubled_lines=8))
    assert not passes(requests, allowing, completeness=replace(WHOLE, doubled_lines=9))


def test_a_rule_may_allow_for_missing_lines_but_for_no_others():
    requests = table(steady(0, 5))
    allowing = Rule(missing_lines=6)
    assert passes(requests, allowing, completeness=replace(WHOLE, missing_lines=6))
    assert not passes(requests, allowing, completeness=replace(WHOLE, missing_lines=7))
    assert not passes(requests, allowing, completeness=replace(WHOLE, doubled_lines=1))


def test_a_log_that_was_not_counted_is_not_judged():
    verdict = judge(evidence(table(steady(0, 5)), Rule(), completeness=None))
    assert verdict.ending is Ending.PASSED
    assert "log" not in str(verdict)


@pytest.mark.parametrize("key", [entry.name for entry in fields(Rule)])
def test_every_key_of_a_rule_is_checked(key):
    with_key = Rule(**{key: (200,) if key == "only_statuses" else 1})
    checks = {check.wanted for check in judge(evidence(table(steady(0, 5)), with_key)).checks}
    without = {check.wanted for check in judge(evidence(table(steady(0, 5)), Rule())).checks}
    assert checks != without
