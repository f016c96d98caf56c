"""A run of the tiny encoder that tests share: it is trained once a session."""

import io
import shutil
import sys

import pytest
from rich.console import Console

from training.run import Run


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    """A tiny model is fastest so: on busy cores threads wait ten times longer than they compute."""
    torch = sys.modules.get("torch")
    if torch is None:  # tests that do without it are not to wait for it
        yield
        return
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def console():
    return Console(file=io.StringIO())


@pytest.fixture(scope="session")
def data(comments):
    """The comments to train on, and the same ones as dev."""
    from training.train import TrainingData  # noqa: PLC0415 - torch takes seconds

    return TrainingData(train=comments, dev=comments)


@pytest.fixture(scope="session")
def trained(settings, data, console, tmp_path_factory):
    """A finished run, to be looked at alone."""
    from training.train import train  # noqa: PLC0415 - torch takes seconds

    run = Run(tmp_path_factory.mktemp("trained") / "run")
    assert train(settings, data, run, console)
    return run


@pytest.fixture
def copied(trained, tmp_path):
    """A copy of it, to be changed."""
    return Run(shutil.copytree(trained.folder, tmp_path / "copied"))
