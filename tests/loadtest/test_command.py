"""The command line, read before Locust is imported: help, lists, and what is refused at once."""

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from evaluation.comment_pool import Source
from loadtest.command import _parser, main, make_plan
from loadtest.options import RunOptions, address_of
from service.instance import Instance

TOP = Path(__file__).parents[2]


def plan(*arguments):
    return make_plan(_parser().parse_args(["--no-web", *map(str, arguments)]))


def refusal(capsys, *arguments):
    """The one line of a run that can't be made, which ends with 2."""
    with pytest.raises(SystemExit) as ended:
        main([*map(str, arguments)])
    assert ended.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("loadtest: ")
    return line


def test_neither_help_nor_a_wrong_argument_waits_for_locust():
    code = (
        "import sys; from loadtest.command import _parser, make_plan;"
        "_parser().format_help(); make_plan(_parser().parse_args(['--no-web']));"
        "assert not {'locust', 'gevent', 'pandas', 'matplotlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=TOP, check=True)


def test_it_is_called_by_its_path_and_help_explains_every_option():
    done = subprocess.run(
        [sys.executable, "loadtest/stress_test.py", "--help"],
        cwd=TOP,
        env={},
        capture_output=True,
        text=True,
        check=True,
    )
    for option in ("--users", "--rate", "--seconds", "--scenario", "--max-failures", "--workers"):
        assert option in done.stdout


def test_list_names_the_scenarios(capsys):
    main(["--list"])
    assert re.search(r"earlier\s+1,000\s+120", capsys.readouterr().out)


@pytest.mark.parametrize(
    "arguments",
    [
        ("-u", 0),
        ("--rate", 0),
        ("-l", "soon"),
        ("--web-port", 70_000),
        ("--comments", "mine"),
        ("--p95", 3),
    ],
    ids=str,
)
def test_a_wrong_argument_ends_with_2_and_is_named(capsys, arguments):
    with pytest.raises(SystemExit) as ended:
        main([*map(str, arguments)])
    assert ended.value.code == 2
    assert arguments[0].lstrip("-") in capsys.readouterr().err


def test_an_unknown_scenario_is_refused_with_the_names_of_those_there_are(capsys):
    line = refusal(capsys, "--scenario", "meteor")
    for phrase in ("'meteor'", "smoke", "earlier"):
        assert phrase in line


def test_a_foreign_service_needs_its_log_named_or_left_out(capsys, tmp_path):
    foreign = "http://192.0.2.1:8080"
    line = refusal(capsys, "--host", foreign)
    assert foreign in line
    assert "--no-completeness" in line
    assert plan("--host", foreign, "--log-dir", tmp_path).options.log_dir == tmp_path
    assert not plan("--host", foreign, "--no-completeness").options.completeness


@pytest.mark.parametrize(
    "host",
    [
        "http://localhost:8080",
        "http://127.0.0.1:8080/",
        "http://[::1]:8080",
        "http://0.0.0.0:8080",
        "HTTP://LocalHost:8080",
        "localhost:8080",
        None,
    ],
)
def test_every_name_of_the_own_service_is_known_and_needs_no_log_named(monkeypatch, host):
    monkeypatch.setenv("INFERENCE_PORT", "8080")
    own = Instance.from_env()
    assert address_of(host, own) == own.inference_url
    assert plan(*(("--host", host) if host else ())).options.completeness


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("http://localhost:9080/", "http://localhost:9080"),
        ("https://localhost:8080", "https://localhost:8080"),
        ("http://localhost", "http://localhost"),
        ("http://127.0.0.1:8080/behind/a/proxy", "http://127.0.0.1:8080/behind/a/proxy"),
        ("192.0.2.1:8080", "http://192.0.2.1:8080"),
        ("http://localhost:many", "http://localhost:many"),
    ],
)
def test_another_service_keeps_its_address(monkeypatch, host, address):
    monkeypatch.setenv("INFERENCE_PORT", "8080")
    assert address_of(host, Instance.from_env()) == address


def test_a_taken_port_of_the_web_page_is_refused(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"port {port}" in refusal(capsys, "--web-port", port)


def test_without_arguments_it_is_the_earlier_script_s_run():
    (step,) = plan().scenario.steps
    assert (step.users, step.rate, step.seconds) == (50, 5, 30)
    assert plan().options == RunOptions(web=False)


def test_options_of_the_users_take_the_place_of_the_scenario_s_own():
    options = plan("--scenario", "smoke", "--wait-max", 2, "--comments", "bundled").scenario.options
    assert (options.wait_min, options.wait_max) == (0.1, 2)
    assert options.comments is Source.BUNDLED


def test_arrivals_that_are_given_need_no_measured_capacity():
    assert plan("--scenario", "steady").scenario.of_capacity == 0.4
    scenario = plan("--scenario", "steady", "--arrivals", 3).scenario
    assert (scenario.of_capacity, scenario.options.arrivals) == (None, 3)


def test_limits_are_kept_apart_from_the_rule_and_only_those_that_are_given():
    assert plan("--max-failures", 0, "--p95-ms", 20).limits == {"max_failures": 0, "p95_ms": 20}
    assert plan().limits == {}
