"""What every test stands on."""

import os
import signal
import socket
from contextlib import ExitStack

import hypothesis
import pytest

from archive.build import build_archive, is_current
from archive.inputs import REPOSITORY, ArchiveInputs

pytest_plugins = ["tests.bag_of_labels", "tests.tiny_encoder"]

# No deadline and no complaint of slow generation: the machine may be busy, and how fast an
# example runs is nothing that these tests judge. Derandomised, so that a failure is repeatable.
hypothesis.settings.register_profile(
    "goemotions",
    deadline=None,
    derandomize=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("goemotions")

# A shell starts what it runs in the background with Ctrl-C ignored, and children inherit that:
# those that a test interrupts would go on.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def free_ports():
    """Asks for a number of ports that nobody listens on."""

    def find(count):
        with ExitStack() as held:
            probes = [held.enter_context(socket.socket()) for _ in range(count)]
            for probe in probes:
                probe.bind(("127.0.0.1", 0))
            return [probe.getsockname()[1] for probe in probes]

    return find


@pytest.fixture(scope="session")
def archive(tmp_path_factory):
    """The archive that `make package` built; one built now where that one is missing or stale."""
    inputs = ArchiveInputs.find(REPOSITORY / os.environ.get("MODEL", "model"))
    made = REPOSITORY / "model_store" / "goemotions.mar"
    if is_current(made, inputs):
        return made
    own = tmp_path_factory.mktemp("store") / "goemotions.mar"
    build_archive(inputs, own)
    return own
