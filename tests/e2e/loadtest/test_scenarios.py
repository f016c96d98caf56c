"""Each scenario in a short form: its run, its rule and its verdict. Speed is not judged."""

import json
import re

import pytest

from loadtest.judging.timeline import failed, read_requests
from loadtest.traffic.hostile import HOSTILE
from service.management import Management

# Seconds and users small enough for a test; the steps keep their proportions.
SIDE_BY_SIDE = {
    "smoke": ("-l", 2),
    "steady": ("-l", 4),
    "ramp": ("-l", 12),
    "spike": ("-l", 6, "-u", 80),
    "soak": ("-l", 4),
    "hostile": ("-l", 4),
    "earlier": ("-l", 6, "-u", 200, "-r", 100),
}
ENDINGS = {"passed": 0, "failed": 1, "the load generator could not keep up": 3}


@pytest.fixture(scope="module")
def runs(side_by_side):
    """What needs no service for itself, at a time."""
    own = {name: ("--scenario", name, *how) for name, how in SIDE_BY_SIDE.items()}
    return side_by_side(own)


def requests_of(run):
    return read_requests(run.folder / "requests.csv.gz")


def check_with(run, phrase):
    """The one check of the verdict that has ``phrase`` in what it wants."""
    checks = run.summary["verdict"]["checks"]
    (check,) = [check for check in checks if phrase in check["wanted"]]
    return check


@pytest.mark.parametrize("name", SIDE_BY_SIDE)
def test_a_scenario_ends_as_its_verdict_says_with_a_complete_log(runs, name):
    run = runs[name]
    assert run.errors == ""
    assert run.exit_code == ENDINGS[run.summary["verdict"]["ending"]], run.output
    assert run.summary["scenario"] == name
    counted = run.summary["completeness"]
    assert counted["owed_lines"] == counted["found_lines"] > 0
    assert not counted["discrepancies"]


@pytest.mark.parametrize("name", ["smoke", "steady", "spike", "soak", "hostile", "earlier"])
def test_all_that_its_rule_wants_beside_speed_and_memory_holds(runs, name):
    checks = runs[name].checks.items()
    assert all(own["passed"] for wanted, own in checks if "memory" not in wanted), runs[name].output
    assert runs[name].summary["failures"] == 0


def test_smoke_asks_in_both_forms(runs):
    assert set(runs["smoke"].summary["by_name"]) == {"comment", "scores"}


def test_steady_sends_two_fifths_of_the_measured_capacity_whatever_the_answers_take(runs):
    run = runs["steady"]
    options = json.loads((run.folder / "settings.json").read_text())["scenario"]["options"]
    due = 20 * options["arrivals"]
    assert due == pytest.approx(0.4 * run.summary["capacity"]["per_second"], rel=0.05)
    sent_s = requests_of(run)["sent_s"]
    # A generator that was held up catches up, so that the rate is that of some seconds.
    assert (sent_s.between(1, 4).sum() / 3) == pytest.approx(due, rel=0.3)


def test_ramp_says_what_load_it_holds_and_goes_no_further_than_it_broke(runs):
    run = runs["ramp"]
    steps = [step["users"] for step in run.summary["steps"]]
    assert steps == sorted(steps)
    found = check_with(run, "requests/s or more")["found"]
    assert re.match(r"\d+ requests/s held \(p95 \d+ ms\); (broke at|the highest step)", found)


def test_spike_has_ten_times_the_users_in_between(runs):
    before, peak, after = (step["users"] for step in runs["spike"].summary["steps"])
    assert peak == 10 * before == 10 * after


def test_soak_judges_the_memory_of_jvm_and_workers(runs):
    assert re.match(r"[+-]\d+\.\d %", check_with(runs["soak"], "memory")["found"])


def test_hostile_requests_are_refused_rightly_among_good_ones_that_are_answered(runs):
    summary = runs["hostile"].summary
    # Which of them are drawn depends on how many requests this machine answers.
    drawn = {exchange.name for exchange in HOSTILE} & set(summary["by_name"])
    assert len(drawn) > 3
    assert "comment" in summary["by_name"]
    assert {"200", "400"} <= summary["by_status"].keys() <= {"200", "400", "413"}


def test_overload_is_refused_with_503_alone_and_is_recovered_from(load):
    run = load("--scenario", "overload", "-l", 4)
    assert run.summary["by_status"].keys() == {"200", "503"}, run.output
    assert run.summary["completeness"]["missing_lines"] == 0
    assert all(check["passed"] for check in run.checks.values()), run.output
    assert "after the peak" in check_with(run, "calm again")["found"], run.output


def test_scaling_up_fails_nothing_and_down_at_most_one_batch(load):
    run = load("--scenario", "scale", "-l", 8)
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


def test_a_killed_worker_fails_at_most_its_batch_and_comes_back(load, service):
    workers = len(Management(service).default_version().workers)
    run = load("--scenario", "kill", "-l", 8)
    _, killed = run.summary["actions"]
    assert "killed by -9" in killed["detail"]
    assert killed["took_s"] > 0
    assert all(check["passed"] for check in run.checks.values()), run.output
    assert run.summary["failures"] <= 8
    assert run.summary["completeness"]["missing_lines"] == 0
    assert "worker ready again after" in run.output
    assert len(Management(service).default_version().workers) == workers


@pytest.mark.parametrize("name", ["stop", "crash"])
def test_a_service_that_is_ended_under_load_keeps_its_log_lines_and_is_up_again(
    load, service, name
):
    run = load("--scenario", name, "-l", 6)
    assert run.exit_code == 0, run.output + run.errors
    counted = run.summary["completeness"]
    assert counted["doubled_lines"] == 0
    (action,) = run.summary["actions"]
    if name == "stop":
        assert action["detail"] == "service stopped"
        assert counted["owed_lines"] == counted["found_lines"] > 0
    else:
        assert "killed by -9" in action["detail"]
    assert Management(service).default_version().ready_workers == 1
