"""Locust's own master with worker processes: the same results as from one process."""

import csv
import json
import re
import subprocess
import sys

import psutil
import pytest

from loadtest.judging.timeline import read_requests
from tests.e2e.loadtest.command import (
    TOP,
    finish_load,
    run_load,
    start_load,
    without_pythonpath,
)


@pytest.fixture(scope="module")
def runs(service_env, service, free_ports, tmp_path_factory):
    """``steady`` with two workers, and a plain run whose worker is started by hand, at a time."""
    folder = tmp_path_factory.mktemp("distributed")
    (port,) = free_ports(1)
    env = without_pythonpath(service_env)
    short = ("-u", 2, "-r", 2, "-l", 2, "--no-plots")
    elsewhere = ("--remote-workers", 1, "--master-port", port)
    master = start_load(service_env, folder / "elsewhere", *short, *elsewhere)
    worker = subprocess.Popen(
        [
            *(sys.executable, "-m", "locust", "-f", "loadtest/locustfile.py", "--worker"),
            *("--master-host", "127.0.0.1", "--master-port", str(port)),
        ],
        cwd=TOP,
        env=env,
        stderr=subprocess.DEVNULL,
    )
    try:
        steady = ("--scenario", "steady", "-l", 5, "--workers", 2, "--no-plots")
        by_name = ("--host", f"http://localhost:{service.inference_port}/")
        here = run_load(of_a_locust_user(env, folder), folder / "here", *steady, *by_name)
        return here, finish_load(master, folder / "elsewhere")
    finally:
        for process in (master, worker):
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def run(runs):
    return runs[0]


def of_a_locust_user(env, home):
    """The environment of somebody whose own load tests run tasks with the tag ``foo`` alone."""
    (home / ".locust.conf").write_text("tags = foo\n")
    return {**env, "LOCUST_TAGS": "foo", "HOME": str(home)}


def test_a_service_that_is_named_localhost_is_known_as_the_own_one(run):
    machine = json.loads((run.folder / "machine.json").read_text())
    assert machine["service"]["workers"] >= 1


def test_it_passes_with_a_complete_log(run):
    assert all(check["passed"] for check in run.checks.values()), run.output + run.errors
    counted = run.summary["completeness"]
    assert counted["owed_lines"] == counted["found_lines"] >= run.summary["requests"] > 0


def test_it_leaves_the_files_of_a_run_in_one_process_and_the_workers_log(run, plain_run):
    files = {file.name for file in run.folder.iterdir()}
    own = {file.name for file in plain_run.folder.iterdir()}
    assert files - own == {"workers.log"}
    assert {name for name in own - files if not name.endswith(".png")} == set()


def test_the_master_s_statistics_are_those_of_all_workers(run):
    with (run.folder / "locust_stats.csv").open(newline="") as file:
        total = [row for row in csv.DictReader(file) if row["Name"] == "Aggregated"]
    requests = read_requests(run.folder / "requests.csv.gz")
    assert int(total[0]["Request Count"]) == len(requests)
    assert requests["request_id"].is_unique


def test_the_load_generator_s_processes_are_sampled(run):
    with (run.folder / "memory.csv").open(newline="") as file:
        generator = {row["pid"] for row in csv.DictReader(file) if row["process"] == "generator"}
    assert len(generator) >= 3


def test_no_worker_is_left_behind(run):
    assert run.folder is not None
    for process in psutil.process_iter():
        try:
            parts = process.cmdline()
        except psutil.Error:
            continue
        assert not ("--worker" in parts and str(TOP / "loadtest/locustfile.py") in parts)


def test_a_worker_that_is_started_elsewhere_joins_in(runs):
    _, elsewhere = runs
    assert elsewhere.exit_code == 0, elsewhere.output + elsewhere.errors
    assert re.search(r"-plain$", elsewhere.folder.name)
    assert elsewhere.summary["requests"] > 0
