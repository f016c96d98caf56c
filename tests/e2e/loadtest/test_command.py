"""How the command ends: limits, absent services, wrong arguments, Ctrl-C."""

import json
import os
import re
import signal
import socket
import subprocess

import pytest

from service.instance import Instance
from tests.e2e.loadtest.command import TOP, command, only_folder, run_load, without_pythonpath


def assert_cannot_run(run, *phrases):
    """One clear line, exit status 2, and no results folder."""
    assert run.exit_code == 2, run.output + run.errors
    (line,) = run.errors.splitlines()
    assert line.startswith("loadtest: ")
    for phrase in phrases:
        assert phrase in line
    assert run.folder is None


def test_a_broken_limit_ends_with_1_and_all_files(load):
    run = load("-u", 2, "-r", 2, "-l", 2, "--p95-ms", 0.01)
    assert run.exit_code == 1
    assert "verdict: failed" in run.output
    assert not run.summary["verdict"]["passed"]
    assert (run.folder / "report.html").is_file()


def test_limits_that_hold_end_with_0(load):
    limits = ("--p95-ms", 60_000, "--p99-ms", 60_000, "--max-failures", 0)
    run = load("-u", 2, "-r", 2, "-l", 2, *limits)
    assert run.exit_code == 0, run.output
    assert len(run.summary["verdict"]["checks"]) == 5


def test_without_a_service_it_says_so_in_one_line(free_ports, service_env, tmp_path):
    (port,) = free_ports(1)
    env = {**service_env, "INFERENCE_PORT": str(port)}
    assert_cannot_run(run_load(env, tmp_path), f"http://127.0.0.1:{port}", "make serve")


def test_a_log_of_another_service_is_refused(service_env, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/predictions.log").touch()
    run = run_load(service_env, tmp_path / "results", "--log-dir", tmp_path / "elsewhere")
    assert_cannot_run(run, "--log-dir", "--no-completeness")


def test_a_foreign_service_needs_its_log_named_or_left_out(service_env, service, tmp_path):
    foreign = f"http://localhost:{service.inference_port}"
    refused = run_load(service_env, tmp_path / "refused", "--host", foreign)
    assert_cannot_run(refused, foreign, "--no-completeness")
    quick = ("-u", 1, "-r", 1, "-l", 1)
    run = run_load(service_env, tmp_path / "run", "--host", foreign, "--no-completeness", *quick)
    assert run.exit_code == 0, run.output + run.errors
    assert run.summary["completeness"] is None


def test_a_foreign_service_is_never_scaled_or_killed(service_env, service, tmp_path):
    foreign = f"http://localhost:{service.inference_port}"
    arguments = ("--host", foreign, "--no-completeness", "--scenario", "kill")
    assert_cannot_run(run_load(service_env, tmp_path, *arguments), "kill", "MANAGEMENT_PORT")


def test_an_unknown_scenario_is_refused_with_the_names_of_those_there_are(load):
    assert_cannot_run(load("--scenario", "meteor"), "'meteor'", "smoke", "earlier")


def test_goemotions_that_can_not_be_had_is_refused(service_env, tmp_path):
    env = {**service_env, "GOEMOTIONS_DIR": str(tmp_path)}
    run = run_load(env, tmp_path / "results", "--comments", "goemotions")
    assert_cannot_run(run, "GOEMOTIONS_DIR")


def test_a_taken_port_of_the_web_page_is_refused(service_env, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            command(tmp_path / "results", "--web-port", port),
            cwd=TOP,
            env=without_pythonpath(service_env),
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert f"port {port}" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_wrong_argument_ends_with_2(load):
    run = load("-u", 0)
    assert run.exit_code == 2
    assert "--users" in run.errors


def test_help_explains_every_option(load):
    run = load("--help")
    assert run.exit_code == 0
    for option in ("--users", "--rate", "--seconds", "--scenario", "--max-failures", "--workers"):
        assert option in run.output


def test_list_names_the_scenarios(load):
    run = load("--list")
    assert run.exit_code == 0
    assert re.search(r"earlier\s+1,000\s+120", run.output)


@pytest.mark.parametrize("workers", [0, 2])
def test_ctrl_c_ends_with_130_and_all_files(service_env, tmp_path, workers):
    arguments = ("-u", 4, "-r", 4, "-l", 600, "--no-web", "--workers", workers)
    process = subprocess.Popen(
        command(tmp_path, *arguments),
        cwd=TOP,
        env={**without_pythonpath(service_env), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        for line in process.stdout:
            if re.search(r"requests [1-9]", line):
                break
        # The whole group, as a terminal does it.
        os.killpg(process.pid, signal.SIGINT)
        rest = process.stdout.read()
        assert process.wait() == 130, rest
    finally:
        process.kill()
    folder = only_folder(tmp_path)
    assert str(folder) in rest
    assert (folder / "overview.png").is_file()
    assert (folder / "report.html").is_file()
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["interrupted"]
    assert summary["completeness"]["missing_lines"] == 0


def test_the_instance_of_the_environment_is_the_one_that_is_loaded(plain_run, service_env):
    assert Instance.from_env(service_env).inference_url in plain_run.output
