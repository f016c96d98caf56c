import pytest

from archive.inputs import REPOSITORY
from benchmarks.contender import Role
from benchmarks.contenders import CONTENDERS
from benchmarks.plan import QUICK, Plan

MAKEFILE = (REPOSITORY / "Makefile").read_text()
DOCUMENT = (REPOSITORY / "docs" / "serving-options.md").read_text()


def test_each_contender_has_a_key_of_its_own_and_one_of_them_is_this_service():
    keys = [each.key for each in CONTENDERS]
    assert len(set(keys)) == len(keys)
    assert [each.key for each in CONTENDERS if each.role is Role.OURS] == ["service"]


@pytest.mark.parametrize("contender", CONTENDERS, ids=lambda each: each.key)
def test_each_contender_stands_in_the_document_on_serving_options(contender):
    assert contender.name in DOCUMENT


@pytest.mark.parametrize("contender", CONTENDERS, ids=lambda each: each.key)
def test_make_bench_makes_each_environment_that_a_contender_needs(contender):
    name = contender.environment
    if name:
        assert f".bench/.{name}" in MAKEFILE
        assert (REPOSITORY / "requirements" / f"bench-{name}.txt").is_file()


def test_a_quick_run_judges_no_figure():
    assert not QUICK.judged
    assert Plan(rounds=3, seconds=4).judged


def test_the_default_run_is_meant_for_twenty_minutes():
    plan = Plan(rounds=3, seconds=4)
    turns = sum(plan.turn_seconds(each) for each in CONTENDERS) * plan.rounds
    sweeps = sum(plan.sweep_seconds(each) for each in CONTENDERS)
    assert turns + sweeps + plan.growth_seconds(cores=2) <= 20 * 60
