"""The service stopped, and killed, under load: what its prediction log then holds."""

import pytest

from service.instance import Instance
from service.management import Management
from tests.e2e.loadtest.command import run_load
from tests.e2e.operation import environment, processes_of, run, start


@pytest.fixture(scope="module")
def own_service_env(archive, free_ports, tmp_path_factory):
    """An instance of this module's own, since its tests end it."""
    env = environment(free_ports(5), tmp_path_factory.mktemp("own") / "logs")
    start(env, archive)
    yield env
    assert run(env, "stop").returncode == 0
    assert processes_of(env) == []


def test_a_stop_under_load_leaves_no_answer_without_its_line(own_service_env, tmp_path):
    stopped = run_load(own_service_env, tmp_path, "--scenario", "stop", "-l", 9)
    assert stopped.exit_code == 0, stopped.output + stopped.errors
    assert stopped.summary["actions"][0]["detail"] == "service stopped"
    counted = stopped.summary["completeness"]
    assert counted["owed_lines"] == counted["found_lines"] > 0
    assert Management(Instance.from_env(own_service_env)).default_version().ready_workers == 1


def test_a_killed_jvm_loses_no_more_than_what_was_in_its_pipes(own_service_env, tmp_path):
    killed = run_load(own_service_env, tmp_path, "--scenario", "crash", "-l", 9)
    assert killed.exit_code == 0, killed.output + killed.errors
    assert "killed by -9" in killed.summary["actions"][0]["detail"]
    assert killed.summary["completeness"]["doubled_lines"] == 0
    assert Management(Instance.from_env(own_service_env)).default_version().ready_workers == 1
