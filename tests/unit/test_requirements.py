"""The lock files: whole, of one mind, and the same wherever they are used."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "requirements"
PURPOSES = ("serve", "train", "serve-transformers", "loadtest", "dev")
PIN = re.compile(r"([a-z0-9][a-z0-9-]*)==([0-9][0-9a-z.]*)")


def lines_of(file):
    text = (FOLDER / file).read_text()
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def pins_of(purpose):
    return dict(PIN.fullmatch(line).groups() for line in lines_of(f"{purpose}.txt"))


def asked_for(purpose):
    """The packages that an .in file names itself."""
    named = [line.partition("#")[0].strip() for line in lines_of(f"{purpose}.in")]
    return {
        re.split(r"[=<>~!]", name)[0].lower().replace("_", "-")
        for name in named
        if not name.startswith("-")
    }


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_lock_has_a_version_for_each_package_and_nothing_else(purpose):
    # No index, host or path; no "+cpu", which is this machine's torch.
    assert all(PIN.fullmatch(line) for line in lines_of(f"{purpose}.txt"))


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_lock_has_all_that_is_asked_for(purpose):
    assert asked_for(purpose) <= pins_of(purpose).keys()


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_lock_names_no_package_that_only_some_machines_need(purpose):
    assert not [name for name in pins_of(purpose) if re.match("nvidia|cuda|triton", name)]


@pytest.mark.parametrize("purpose", ["train", "loadtest"])
def test_what_serves_is_part_of_every_lock(purpose):
    assert pins_of("serve").items() <= pins_of(purpose).items()


@pytest.mark.parametrize("purpose", ["serve", "train", "serve-transformers", "loadtest"])
def test_the_dev_lock_has_every_other_one_in_it(purpose):
    assert pins_of(purpose).items() <= pins_of("dev").items()


def test_torch_is_the_one_that_the_figures_were_measured_with():
    assert pins_of("serve")["torch"] == "2.13.0"
