"""What docs/load-testing.md says of the load test is so, and nothing is left out."""

import re
from pathlib import Path

from loadtest.command import _parser
from loadtest.report.plots import PANELS, PROCESS_PANELS
from loadtest.scenarios import USER_CLASSES, load_scenarios

TOP = Path(__file__).parents[2]
DOCUMENT = (TOP / "docs/load-testing.md").read_text()


def test_every_scenario_has_a_row():
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| [^|]+ \|$", DOCUMENT, re.MULTILINE)
    assert set(load_scenarios()) <= set(rows)


def test_every_user_class_has_a_row():
    assert set(re.findall(r"^\| `(\w+User)` \|", DOCUMENT, re.MULTILINE)) == set(USER_CLASSES)


def test_every_picture_is_named():
    for panel in (*PANELS, *PROCESS_PANELS):
        assert f"`{panel.file}.png`" in DOCUMENT


def test_every_option_that_it_names_exists():
    own = re.sub(r"^.*locust -f.*$", "", DOCUMENT, flags=re.MULTILINE)
    named = set(re.findall(r"--[a-z][a-z0-9-]+", own)) - {"--help"}
    assert named <= set(re.findall(r"--[a-z][a-z0-9-]+", _parser().format_help()))


def test_every_scenario_that_it_calls_exists():
    assert set(re.findall(r"SCENARIO=(\w+)|--scenario (\w+)", DOCUMENT)) <= {
        pair for name in load_scenarios() for pair in ((name, ""), ("", name))
    }
