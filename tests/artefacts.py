"""The dear artefacts that tests share: graphs, archives and unpacked archives, each made once."""

import os
import shutil
import zipfile
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from filelock import FileLock

from archive.build import build_archive, is_current
from archive.inputs import REPOSITORY, ArchiveInputs
from archive.plan import Quantize

# As for every make target, MODEL names another model folder.
TRAINED = REPOSITORY / os.environ.get("MODEL", "model")
ARCHIVE = "goemotions.mar"


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """Gives the folder ``name``, which ``make(folder)`` fills once for all processes of a run."""
    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "made-once"
    shared.mkdir(exist_ok=True)

    def give(name, make):
        folder, draft = shared / name, shared / f"{name}.draft"
        with FileLock(shared / f"{name}.lock"):
            if not folder.exists():
                shutil.rmtree(draft, ignore_errors=True)
                draft.mkdir()
                make(draft)
                draft.rename(folder)
        return folder

    return give


@pytest.fixture(scope="session")
def archive(made_once):
    """The archive that `make package` builds; a new one if that one is missing or stale."""
    inputs = ArchiveInputs.find(TRAINED)
    made = REPOSITORY / "model_store" / ARCHIVE
    if is_current(made, inputs):
        return made
    return made_once("archive", lambda folder: build_archive(inputs, folder / ARCHIVE)) / ARCHIVE


@pytest.fixture(scope="session")
def float32_archive(made_once):
    """The trained model's archive in float32, which torch can serve, too."""
    inputs = ArchiveInputs.find(TRAINED, Quantize.NONE)
    return made_once("float32", lambda folder: build_archive(inputs, folder / ARCHIVE)) / ARCHIVE


@pytest.fixture(scope="session")
def roberta(made_once):
    """A RoBERTa model folder of random weights."""
    from tests.encoder.roberta import write_roberta  # noqa: PLC0415 - torch takes seconds

    return made_once("roberta-model", write_roberta)


@pytest.fixture(scope="session")
def roberta_archive(made_once, roberta):
    """The archive of that model."""
    inputs = ArchiveInputs.find(roberta)
    return made_once("roberta", lambda folder: build_archive(inputs, folder / ARCHIVE)) / ARCHIVE


@pytest.fixture(scope="session")
def unpacked(made_once, archive):
    """The files of the archive, as a worker finds them."""
    return made_once("unpacked", lambda folder: unpack(archive, folder))


@pytest.fixture(scope="session")
def unpacked_float32(made_once, float32_archive):
    return made_once("unpacked-float32", lambda folder: unpack(float32_archive, folder))


@pytest.fixture(scope="session")
def unpacked_roberta(made_once, roberta_archive):
    return made_once("unpacked-roberta", lambda folder: unpack(roberta_archive, folder))


@pytest.fixture(scope="session")
def float32_graph(unpacked_float32):
    """The trained model's graph in float32."""
    return unpacked_float32 / "model.onnx"


@pytest.fixture(scope="session")
def int8_graph(made_once, float32_graph):
    """The same in int8."""
    from archive.export_onnx import quantize_onnx  # noqa: PLC0415 - torch takes seconds

    return (
        made_once("int8", lambda folder: quantize_onnx(float32_graph, folder / "model.onnx"))
        / "model.onnx"
    )


@pytest.fixture(scope="session")
def exported_before(float32_graph, int8_graph):
    """A context in which builds copy the trained model's graphs instead of making them again."""

    @contextmanager
    def copied():
        with pytest.MonkeyPatch.context() as patch:
            for step, graph in (("export_onnx", float32_graph), ("quantize_onnx", int8_graph)):
                patch.setattr(f"archive.files.{step}", partial(_copy, graph))
            yield

    return copied


def _copy(graph: Path, _source: Path, target: Path) -> None:
    shutil.copyfile(graph, target)


def unpack(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
