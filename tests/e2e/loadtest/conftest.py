"""Load tests as their user runs them: the command, by its path, against the running service.

Without their pictures, which take seconds and look the same each time. What does not act on the
service runs side by side.
"""

import pytest

from tests.e2e.loadtest.command import Load, run_load, run_side_by_side


@pytest.fixture(scope="session")
def load(service_env, tmp_path_factory) -> Load:
    """Runs `python loadtest/stress_test.py --no-web ...` against the shared service."""

    def run(*arguments):
        results = tmp_path_factory.mktemp("results")
        return run_load(service_env, results, "--no-plots", *arguments)

    return run


@pytest.fixture(scope="session")
def side_by_side(service_env, tmp_path_factory):
    """Runs it several times at once: a mapping of names to arguments gives one to runs."""

    def run(runs):
        own = {name: ("--no-plots", *arguments) for name, arguments in runs.items()}
        return run_side_by_side(service_env, tmp_path_factory.mktemp("results"), own)

    return run


@pytest.fixture(scope="session")
def plain_run(service_env, tmp_path_factory):
    """One run of some seconds, with its pictures and with limits that hold."""
    results = tmp_path_factory.mktemp("results")
    limits = ("--p95-ms", 60_000, "--p99-ms", 60_000, "--max-failures", 0)
    # Locust's own variables are not heeded: no task has this tag.
    env = {**service_env, "LOCUST_TAGS": "foo", "LOCUST_SKIP_MONKEY_PATCH": "1"}
    return run_load(env, results, "-u", 8, "-r", 8, "-l", 5, "--name", "my run", *limits)
