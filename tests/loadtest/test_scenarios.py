"""Scenarios are read into checked values, and scaled."""

import pytest

from loadtest.scenarios import (
    USER_CLASSES,
    Action,
    Capacity,
    Deed,
    ScenarioError,
    Step,
    Until,
    load_scenarios,
    plain_run,
)

NAMES = (
    "smoke",
    "steady",
    "ramp",
    "spike",
    "soak",
    "overload",
    "scale",
    "kill",
    "hostile",
    "earlier",
    "stop",
    "crash",
)


@pytest.fixture
def read(tmp_path):
    def read_one(text):
        file = tmp_path / "scenarios.toml"
        file.write_text("[mine]\nabout = 'a test'\n" + text)
        return load_scenarios(file)["mine"]

    return read_one


GOOD = "rate = 2\nsteps = [{ users = 4, seconds = 8 }]\nmix = { StressUser = 1 }\n"


def test_the_file_has_these_scenarios():
    assert tuple(load_scenarios()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_scenario_has_a_rule_and_says_what_it_is_about(name):
    scenario = load_scenarios()[name]
    assert scenario.about
    assert scenario.rule


def test_the_earlier_service_s_run_is_that_of_its_note():
    earlier = load_scenarios()["earlier"]
    assert (earlier.users, earlier.rate, earlier.seconds) == (1000, 10, 120)
    assert earlier.rule.max_failures == 0


def test_a_step_takes_the_scenario_s_rate_unless_it_has_its_own(read):
    steps = "steps = [{ users = 4, seconds = 8 }, { users = 8, seconds = 1, rate = 9 }]\n"
    scenario = read("rate = 2\nmix = { StressUser = 1 }\n" + steps)
    assert scenario.steps == (Step(4, 8, 2), Step(8, 1, 9))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD.replace("seconds = 8", "seconds = 8, until = 'noon'"), "noon"),
        (GOOD.replace("seconds = 8", "seconds = 8, until = 'calm'"), "a fixed time"),
        (GOOD + "options = { patience = 3 }\n", "patience"),
        (GOOD + "speed = 3\n", "'speed' is not a key"),
        (GOOD.replace("StressUser", "IdleUser"), "'IdleUser' is no user class"),
        (GOOD.replace("users = 4", "users = 0"), "above 0"),
        (GOOD.replace("rate = 2\n", ""), "a rate"),
        (GOOD + "rule = { p42_ms = 1 }\n", "p42_ms"),
        (GOOD + "actions = [{ at = 1, do = 'unplug' }]\n", "unplug"),
        (GOOD + "actions = [{ at = 9, do = 'kill_worker' }]\n", "after the run's end"),
        (GOOD + "actions = [{ at = 1, do = 'scale' }]\n", "takes workers"),
        ("mix = { StressUser = 1 }\n", "steps"),
    ],
)
def test_a_scenario_that_can_not_be_run_is_refused_by_name_with_the_reason(read, text, told):
    with pytest.raises(ScenarioError, match=f"mine: .*{told}"):
        read(text)


def test_scaling_keeps_the_proportions_of_steps_and_actions(read):
    scenario = read(
        "rate = 2\nmix = { StressUser = 1 }\n"
        "steps = [{ users = 10, seconds = 10 }, { users = 100, seconds = 30 }]\n"
        "actions = [{ at = 20, do = 'kill_worker' }]\n"
    ).scaled(users=20, rate=5, seconds=8)
    assert scenario.steps == (Step(2, 2, 5), Step(20, 6, 5))
    assert scenario.actions == (Action(4, Deed.KILL_WORKER),)


def test_a_step_that_ends_by_what_happens_keeps_its_time_limit(read):
    scenario = read(
        "rate = 2\nmix = { StressUser = 1 }\n"
        "steps = [{ users = 10, seconds = 10 }, { users = 20, seconds = 60, until = 'calm' }]\n"
    ).scaled(seconds=5)
    assert scenario.steps == (Step(10, 5, 2), Step(20, 60, 2, Until.CALM))


@pytest.mark.parametrize("per_second", [30, 980, 5000])
def test_a_load_of_a_multiple_of_the_capacity_is_divided_among_the_busiest_step_s_users(
    read, per_second
):
    scenario = read(GOOD + "of_capacity = 2.0\n").at(Capacity(per_second, 100.0, 0.1))
    assert scenario.options.arrivals * scenario.users == pytest.approx(2 * per_second, rel=0.01)


def test_twice_the_users_send_twice_the_multiple(read):
    scenario = read(GOOD + "of_capacity = 2.0\n").scaled(users=8)
    assert scenario.at(Capacity(100.0, 50.0, 0.1)).options.arrivals == pytest.approx(50)
    assert scenario.users == 8


@pytest.mark.parametrize(("full_ms", "limits"), [(20.0, (250, 500)), (400.0, (800, 1600))])
def test_a_slow_machine_raises_the_limits_on_time_and_a_fast_one_does_not_lower_them(
    read, full_ms, limits
):
    rule = "rule = { p95_ms = 250, p99_ms = 500 }\n"
    scenario = read(GOOD + "of_capacity = 0.4\n" + rule).at(Capacity(100.0, full_ms, 0.1))
    assert (scenario.rule.p95_ms, scenario.rule.p99_ms) == limits


def test_every_open_load_of_the_file_is_relative_to_the_capacity():
    for scenario in load_scenarios().values():
        assert scenario.options.arrivals == 0


def test_scaling_by_nothing_changes_nothing():
    for scenario in load_scenarios().values():
        assert scenario.scaled() == scenario


def test_a_plain_run_is_the_earlier_script_s():
    run = plain_run(50, 5, 30)
    assert run.is_plain
    assert run.steps == (Step(50, 30, 5),)
    assert run.rule.max_failures == 0
    assert set(run.mix) <= set(USER_CLASSES)
