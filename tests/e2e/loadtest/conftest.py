"""Load tests as their user runs them: the command, by its path, against the running service."""

import pytest

from tests.e2e.loadtest.command import Load, run_load


@pytest.fixture(scope="session")
def load(service_env, tmp_path_factory) -> Load:
    """Runs `python loadtest/stress_test.py --no-web ...` against the shared service.

    Without its pictures, which take seconds and look the same each time.
    """

    def run(*arguments):
        results = tmp_path_factory.mktemp("results")
        return run_load(service_env, results, "--no-plots", *arguments)

    return run


@pytest.fixture(scope="session")
def plain_run(service_env, tmp_path_factory):
    """One run of some seconds, with its pictures, that several tests look at."""
    results = tmp_path_factory.mktemp("results")
    return run_load(service_env, results, "-u", 8, "-r", 8, "-l", 5, "--name", "my run")
