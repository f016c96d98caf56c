"""Fixtures and rules of every test."""

import fcntl
import os
import random
import re
import signal
import socket
import tempfile
from contextlib import ExitStack
from pathlib import Path

import hypothesis
import pytest

pytest_plugins = ["tests.artefacts", "tests.bag_of_labels", "tests.tiny_encoder"]

# No deadline and no complaint about slow generation: the machine may be busy, and these tests do
# not judge how fast an example runs. Derandomised, so that a failure is repeatable.
hypothesis.settings.register_profile(
    "goemotions",
    deadline=None,
    derandomize=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("goemotions")

# A shell starts its background jobs with Ctrl-C ignored, and children inherit that: those that a
# test interrupts would go on.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# What `make test-quick` asks for, and the line of a file whose tests are all left out by it.
QUICK = "not weights and not server"
DEAR = re.compile(r"^pytestmark = pytest\.mark\.(weights|server)\b", re.MULTILINE)

# Below the ports that systems give to outgoing connections, Linux from 32768.
PORTS = range(15_000, 32_000)


def pytest_ignore_collect(collection_path, config):
    """Leave out, unread, what `make test-quick` would not run: importing torch takes seconds."""
    if config.option.markexpr != QUICK:
        return None
    is_folder = collection_path.is_dir()
    files = list(collection_path.rglob("test_*.py")) if is_folder else [collection_path]
    return all(map(_is_dear, files)) or None


def _is_dear(file):
    return "e2e" in file.parts or bool(DEAR.search(file.read_text(encoding="utf-8")))


@pytest.hookimpl(tryfirst=True)  # before pytest chooses by markers
def pytest_collection_modifyitems(items):
    """Mark what needs a server, and keep together what shares a service or a file.

    Together is in one of pytest-xdist's processes.
    """
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker(pytest.mark.server)
        if item.get_closest_marker("xdist_group") is None:
            shares_service = "service_env" in item.fixturenames
            group = "service" if shares_service else item.nodeid.partition("::")[0]
            item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def free_ports():
    """Asks for a number of ports that nobody listens on, and that no other test run is given."""
    folder = Path(tempfile.gettempdir()) / f"goemotions-test-ports-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    with ExitStack() as held:
        candidates = iter(random.sample(PORTS, len(PORTS)))

        def find(count):
            free = (port for port in candidates if _hold(port, folder, held) and _is_free(port))
            return [next(free) for _ in range(count)]

        yield find


def _hold(port, folder, held):
    """Lock the port's file for the session; returns False if another run has locked it."""
    lock = held.enter_context((folder / str(port)).open("w"))
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_free(port):
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
