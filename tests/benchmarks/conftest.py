"""The ground that runs in the tests stand on."""

import pytest

from archive.inputs import REPOSITORY
from benchmarks.setup import Setup
from benchmarks.workload import load_workload


@pytest.fixture
def setup(archive, tmp_path):
    for name in ("own", "logs"):
        (tmp_path / name).mkdir()
    return Setup(
        archive=archive,
        model=REPOSITORY / "model",
        folder=tmp_path / "own",
        logs=tmp_path / "logs",
        environments=tmp_path / "environments",
        cores=2,
        workload=load_workload(1),
    )
