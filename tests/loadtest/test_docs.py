"""What docs/load-testing.md says of the load test is so, and nothing is left out."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from loadtest.panels import PANELS, PROCESS_PANELS
from loadtest.scenarios import USER_CLASSES, load_scenarios

TOP = Path(__file__).parents[2]
DOCUMENT = (TOP / "docs/load-testing.md").read_text()


@pytest.fixture(scope="module")
def help_text():
    done = subprocess.run(
        [sys.executable, "loadtest/stress_test.py", "--help"],
        cwd=TOP,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_every_scenario_has_a_row():
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| [^|]+ \|$", DOCUMENT, re.MULTILINE)
    assert set(load_scenarios()) <= set(rows)


def test_every_user_class_has_a_row():
    assert set(re.findall(r"^\| `(\w+User)` \|", DOCUMENT, re.MULTILINE)) == set(USER_CLASSES)


def test_every_picture_is_named():
    for panel in (*PANELS, *PROCESS_PANELS):
        assert f"`{panel.file}.png`" in DOCUMENT


def test_every_option_that_it_names_exists(help_text):
    own = re.sub(r"^.*locust -f.*$", "", DOCUMENT, flags=re.MULTILINE)
    named = set(re.findall(r"--[a-z][a-z0-9-]+", own)) - {"--help"}
    assert named <= set(re.findall(r"--[a-z][a-z0-9-]+", help_text))


def test_every_scenario_that_it_calls_exists():
    assert set(re.findall(r"SCENARIO=(\w+)|--scenario (\w+)", DOCUMENT)) <= {
        pair for name in load_scenarios() for pair in ((name, ""), ("", name))
    }
