"""Each scenario in a short form: its run, its rule and its verdict. Speed is not judged."""

import re

import pytest

from loadtest.judging.timeline import failed, read_requests
from service.management import Management

# Seconds and users small enough for a test; the steps keep their proportions.
SHORT = {
    "smoke": ("-l", 2),
    "steady": ("-l", 4),
    "ramp": ("-l", 12),
    "spike": ("-l", 9, "-u", 80),
    "soak": ("-l", 4),
    "hostile": ("-l", 4),
    "earlier": ("-l", 6, "-u", 200, "-r", 100),
}


@pytest.fixture(scope="module")
def runs(load):
    """Runs a scenario once, for all tests that look at it."""
    done = {}

    def run(name, *arguments):
        if name not in done:
            done[name] = load("--scenario", name, *(arguments or SHORT[name]))
        return done[name]

    return run


def requests_of(run):
    return read_requests(run.folder / "requests.csv.gz")


@pytest.mark.parametrize("name", SHORT)
def test_a_scenario_ends_as_its_verdict_says_with_a_complete_log(runs, name):
    run = runs(name)
    assert run.exit_code == (0 if run.summary["verdict"]["passed"] else 1), run.errors
    assert run.errors == ""
    assert run.summary["scenario"] == name
    counted = run.summary["completeness"]
    assert counted["owed_lines"] == counted["found_lines"] > 0
    assert not counted["discrepancies"]


@pytest.mark.parametrize("name", ["smoke", "steady", "spike", "hostile", "earlier"])
def test_all_that_its_rule_wants_beside_speed_holds(runs, name):
    assert all(check["passed"] for check in runs(name).checks.values()), runs(name).output
    assert runs(name).summary["failures"] == 0


def test_smoke_asks_in_both_forms(runs):
    assert set(runs("smoke").summary["by_name"]) == {"comment", "scores"}


def test_steady_sends_at_a_constant_rate_whatever_the_answers_take(runs):
    requests = requests_of(runs("steady"))
    rates = requests["sent_s"].astype(int).value_counts()
    assert rates[2] == pytest.approx(80, rel=0.2)


def test_ramp_says_what_load_it_holds_and_goes_no_further_than_it_broke(runs):
    run = runs("ramp")
    steps = [step["users"] for step in run.summary["steps"]]
    assert steps == sorted(steps)
    (found,) = [check["found"] for check in run.checks.values() if "held" in check["found"]]
    assert re.match(r"\d+ requests/s held \(p95 \d+ ms\); (broke at|the highest step)", found)


def test_spike_has_ten_times_the_users_in_between(runs):
    before, peak, after = (step["users"] for step in runs("spike").summary["steps"])
    assert peak == 10 * before == 10 * after


def test_soak_judges_the_memory_of_jvm_and_workers(runs):
    (found,) = [check["found"] for check in runs("soak").checks.values() if "%" in check["found"]]
    assert re.match(r"[+-]\d+\.\d %", found)


def test_hostile_requests_are_refused_rightly_among_good_ones_that_are_answered(runs):
    summary = runs("hostile").summary
    assert {"comment", "an extra key", "a comment too long", "no body"} <= set(summary["by_name"])
    assert summary["by_status"].keys() == {"200", "400", "413"}


def test_overload_is_refused_with_503_alone_and_is_recovered_from(runs):
    run = runs("overload", "-l", 16, "-u", 300)
    assert run.summary["by_status"].keys() == {"200", "503"}
    assert run.summary["completeness"]["missing_lines"] == 0
    assert run.checks["no status but 200, 503"]["passed"]
    (recovery,) = [
        check for check in run.summary["verdict"]["checks"] if "calm again" in check["wanted"]
    ]
    assert "after the peak" in recovery["found"] or not recovery["passed"]


def test_scaling_up_fails_nothing_and_down_at_most_one_batch(runs, service):
    run = runs("scale", "-l", 10)
    assert [action["detail"] for action in run.summary["actions"]] == [
        "1 worker",
        "2 workers",
        "1 worker",
    ]
    assert all(check["passed"] for check in run.checks.values()), run.output
    down = run.summary["actions"][2]["began_s"]
    wrong = failed(requests_of(run))
    assert (wrong["answered_s"] >= down).all()
    assert len(wrong) <= 8
    assert run.summary["completeness"]["missing_lines"] == 0


def test_a_killed_worker_fails_at_most_its_batch_and_comes_back(runs, service):
    workers = len(Management(service).default_version().workers)
    run = runs("kill", "-l", 12)
    _, killed = run.summary["actions"]
    assert "killed by -9" in killed["detail"]
    assert killed["took_s"] > 0
    assert all(check["passed"] for check in run.checks.values()), run.output
    assert run.summary["failures"] <= 8
    assert run.summary["completeness"]["missing_lines"] == 0
    assert "worker ready again after" in run.output
    assert len(Management(service).default_version().workers) == workers
