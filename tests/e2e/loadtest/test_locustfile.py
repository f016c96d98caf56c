"""The users by Locust's own command line, without anything else of the load test."""

import json
import subprocess
import sys

import pytest

from tests.e2e.loadtest.command import TOP, without_pythonpath

ARRIVALS = 5
RUNS = {
    "all": ("-u", 11, "-r", 11, "-t", "4s"),
    "one kind": ("VolumeUser", "-u", 2, "-r", 2, "-t", "4s", "--arrivals", ARRIVALS),
}


@pytest.fixture(scope="module")
def entries(service_env, service):
    """Locust's statistics of both runs, which are made at a time."""
    started = {
        name: subprocess.Popen(
            [
                *(sys.executable, "-m", "locust", "-f", "loadtest/locustfile.py", "--headless"),
                *("--host", service.inference_url, "--json", *map(str, arguments)),
            ],
            cwd=TOP,
            env=without_pythonpath(service_env),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name, arguments in RUNS.items()
    }
    ended = {name: (process.communicate(), process) for name, process in started.items()}
    for (_, errors), process in ended.values():
        assert process.returncode == 0, errors
    return {name: json.loads(output) for name, ((output, _), _) in ended.items()}


def test_all_users_run_and_fail_nothing(entries):
    names = {entry["name"] for entry in entries["all"]}
    assert {"comment", "long comment", "scores", "comment among hostile ones"} <= names


def test_a_kind_of_user_can_be_named_and_its_pace_set(entries):
    (entry,) = entries["one kind"]
    assert entry["name"] == "long comment"
    # Two users for four seconds; in a closed load each would send as fast as it is answered.
    assert entry["num_requests"] <= 2 * ARRIVALS * 4 + 5
    assert entry["num_requests"] >= ARRIVALS
