"""How the command ends: limits, absent services, Ctrl-C. Wrong arguments: tests/loadtest."""

import os
import re
import signal

import pytest

from service.instance import Instance
from tests.e2e.loadtest.command import finish_load, start_load


@pytest.fixture(scope="module")
def refused(free_ports, service_env, service, tmp_path_factory):
    """Runs that can't be made, and one whose limit is broken."""
    folder = tmp_path_factory.mktemp("refused")
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere/predictions.log").touch()
    (port,) = free_ports(1)
    no_service = {**service_env, "INFERENCE_PORT": str(port)}
    foreign = ("--host", service.inference_url, "--no-completeness")
    short = ("-u", 2, "-r", 2, "-l", 2, "--no-plots")
    goemotions = ("--comments", "goemotions")
    runs = {
        "other log": (service_env, ("--log-dir", folder / "elsewhere")),
        "foreign": (no_service, (*foreign, "--scenario", "kill")),
        "broken limit": (no_service, (*foreign, *short, "--p95-ms", 0.01)),
        "no service": (no_service, goemotions),
        "no GoEmotions": ({**service_env, "GOEMOTIONS_DIR": str(folder)}, goemotions),
    }
    started = {
        name: start_load(env, folder / name, *arguments) for name, (env, arguments) in runs.items()
    }
    return {name: finish_load(run, folder / name) for name, run in started.items()}


@pytest.mark.parametrize(
    ("name", "phrases"),
    [
        ("no service", ("http://127.0.0.1:", "make serve")),
        ("no GoEmotions", ("GOEMOTIONS_DIR",)),
        ("other log", ("--log-dir", "--no-completeness")),
        ("foreign", ("kill", "INFERENCE_PORT", "is another")),
    ],
)
def test_what_can_not_be_run_ends_with_2_one_line_and_no_folder(refused, name, phrases):
    run = refused[name]
    assert run.exit_code == 2, run.output + run.errors
    (line,) = run.errors.splitlines()
    assert line.startswith("loadtest: ")
    for phrase in phrases:
        assert phrase in line
    assert run.folder is None


def test_a_broken_limit_ends_with_1_and_all_files(refused):
    run = refused["broken limit"]
    assert run.exit_code == 1, run.output + run.errors
    assert "verdict: failed" in run.output
    assert not run.summary["verdict"]["passed"]
    assert (run.folder / "report.html").is_file()


def test_a_foreign_service_without_its_log_is_loaded_and_its_log_not_counted(refused):
    run = refused["broken limit"]
    assert run.summary["requests"] > 0
    assert run.summary["completeness"] is None


def test_limits_that_hold_end_with_0(plain_run):
    assert plain_run.exit_code == 0, plain_run.output
    assert len(plain_run.summary["verdict"]["checks"]) == 5


def test_the_instance_of_the_environment_is_the_one_that_is_loaded(plain_run, service_env):
    assert Instance.from_env(service_env).inference_url in plain_run.output


@pytest.fixture(scope="module")
def interrupted(service_env, tmp_path_factory):
    """Runs of ten minutes, in one process and with workers, ended by Ctrl-C after some answers."""
    folder = tmp_path_factory.mktemp("interrupted")
    arguments = ("-u", 4, "-r", 4, "-l", 600)
    started = {
        workers: start_load(service_env, folder / str(workers), *arguments, "--workers", workers)
        for workers in (0, 2)
    }
    try:
        for process in started.values():
            next(line for line in process.stdout if re.search(r"requests [1-9]", line))
            # The whole group, as a terminal does it.
            os.killpg(process.pid, signal.SIGINT)
        return {
            workers: finish_load(process, folder / str(workers))
            for workers, process in started.items()
        }
    finally:
        for process in started.values():
            process.kill()


@pytest.mark.parametrize("workers", [0, 2])
def test_ctrl_c_ends_with_130_and_all_files(interrupted, workers):
    run = interrupted[workers]
    assert run.exit_code == 130, run.output + run.errors
    assert str(run.folder) in run.output
    assert (run.folder / "overview.png").is_file()
    assert (run.folder / "report.html").is_file()
    assert run.summary["interrupted"]
    assert run.summary["completeness"]["missing_lines"] == 0
