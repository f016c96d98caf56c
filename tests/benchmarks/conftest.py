"""The ground that runs in the tests are on: one without weights, one of the real archive."""

import shutil
import zipfile
from dataclasses import replace

import pytest

from archive.inputs import REPOSITORY
from benchmarks.contenders.setup import Setup
from benchmarks.load.workload import load_workload


@pytest.fixture
def setup(tmp_path):
    """A setup whose archive has the delivered configuration and no weights."""
    for name in ("own", "logs"):
        (tmp_path / name).mkdir()
    archive = tmp_path / "goemotions.mar"
    with zipfile.ZipFile(archive, "w") as files:
        files.write(REPOSITORY / "handler" / "model-config.yaml", "model-config.yaml")
        files.write(REPOSITORY / "model" / "config.json", "config.json")
        files.writestr("MAR-INF/MANIFEST.json", "{}")
    return Setup(
        archive=archive,
        model=REPOSITORY / "model",
        folder=tmp_path / "own",
        logs=tmp_path / "logs",
        environments=tmp_path / "environments",
        cores=2,
        workload=load_workload(1),
    )


@pytest.fixture
def wrk():
    """Leaves out a test if there is no wrk."""
    if shutil.which("wrk") is None:
        pytest.skip("wrk is not installed (Debian: apt-get install wrk)")


@pytest.fixture
def real_setup(setup, archive):
    return replace(setup, archive=archive)
