"""The users by Locust's own command line, without anything else of the load test."""

import json
import subprocess
import sys

from tests.e2e.loadtest.command import TOP, without_pythonpath


def locust(service_env, service, *arguments):
    return subprocess.run(
        [
            *(sys.executable, "-m", "locust", "-f", "loadtest/locustfile.py", "--headless"),
            *("--host", service.inference_url, "--json", *map(str, arguments)),
        ],
        cwd=TOP,
        env=without_pythonpath(service_env),
        capture_output=True,
        text=True,
        check=False,
    )


def test_all_users_run_and_fail_nothing(service_env, service):
    done = locust(service_env, service, "-u", 11, "-r", 11, "-t", "4s")
    assert done.returncode == 0, done.stderr
    names = {entry["name"] for entry in json.loads(done.stdout)}
    assert {"comment", "long comment", "scores", "comment among hostile ones"} <= names


def test_a_kind_of_user_can_be_named_and_its_pace_set(service_env, service):
    arguments = ("VolumeUser", "-u", 2, "-r", 2, "-t", "4s", "--arrivals", 5)
    done = locust(service_env, service, *arguments)
    assert done.returncode == 0, done.stderr
    (entry,) = json.loads(done.stdout)
    assert entry["name"] == "long comment"
    assert 20 <= entry["num_requests"] <= 45
