"""Scenarios are read into checked values, and scaled."""

import pytest

from loadtest.scenarios import (
    USER_CLASSES,
    Action,
    Deed,
    ScenarioError,
    Step,
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


def test_scaling_by_nothing_changes_nothing():
    for scenario in load_scenarios().values():
        assert scenario.scaled() == scenario


def test_a_plain_run_is_the_earlier_script_s():
    run = plain_run(50, 5, 30)
    assert run.is_plain
    assert run.steps == (Step(50, 30, 5),)
    assert set(run.mix) <= set(USER_CLASSES)
