"""`make package QUANTIZE=int8`: an archive that was compared before it was made."""

import json

import pytest

from archive.build import build_archive, is_current
from archive.inputs import ArchiveInputs
from archive.plan import Quantize
from archive.quantization_cost import QuantizationError
from goemotions.quantization import Quantization
from scripts.package import load_dev
from tests.archive.small_dev import COMMENTS, write_dev
from tests.artefacts import TRAINED, unpack
from tests.handler.conftest import Server, body

INPUTS = ArchiveInputs.find(TRAINED, Quantize.INT8)

pytestmark = pytest.mark.weights


@pytest.fixture(scope="module")
def dev(tmp_path_factory):
    """A folder that GOEMOTIONS_DIR can name."""
    return write_dev(tmp_path_factory.mktemp("dev"))


@pytest.fixture(scope="module")
def int8_archive(dev, exported_before, tmp_path_factory):
    archive = tmp_path_factory.mktemp("store") / "goemotions.mar"
    with exported_before(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("GOEMOTIONS_DIR", str(dev))
        build_archive(INPUTS, archive, load_dev=load_dev)
    return archive


@pytest.fixture(scope="module")
def unpacked_int8(int8_archive, tmp_path_factory):
    folder = tmp_path_factory.mktemp("unpacked")
    unpack(int8_archive, folder)
    return folder


@pytest.fixture(scope="module")
def server(unpacked_int8):
    return Server(unpacked_int8)


def test_it_has_the_int8_graph_and_what_that_costs_but_no_other_weights(unpacked_int8):
    names = {file.name for file in unpacked_int8.iterdir()}
    assert {"model.onnx", "served_quantization.json", "config.json", "tokenizer.json"} <= names
    assert "model.safetensors" not in names
    weights = (TRAINED / "model.safetensors").stat().st_size
    assert (unpacked_int8 / "model.onnx").stat().st_size < weights


def test_it_says_how_it_was_compared(unpacked_int8):
    found = Quantization.load(unpacked_int8)
    assert (found.precision, found.comments) == ("int8", len(COMMENTS))
    assert found.hit_rate_fp32 > 0.5


def test_a_worker_answers_by_it_and_its_description_tells_what_it_costs(server):
    replies = server.ask([body({"comment": text}) for text, _ in COMMENTS[:6]])
    predictions = [json.loads(reply)["prediction"] for _, reply, _ in replies]
    assert predictions == [label for _, label in COMMENTS[:6]]
    ((_, reply, _),) = server.ask([{}], [{"describe": "True"}])
    description = json.loads(reply)
    assert description["quantization"]["comments"] == len(COMMENTS)
    assert description["encoder"] == {"kind": "onnx", "device": "cpu"}


def test_an_answer_does_not_depend_on_what_shares_its_batch(server):
    rows = [body({"inputs": text, "parameters": {"top_k": None}}) for text, _ in COMMENTS]
    together = [reply for _, reply, _ in server.ask(rows)]
    assert together == [server.ask([row])[0][1] for row in rows]


def test_it_is_current_for_its_own_inputs_alone(int8_archive):
    assert is_current(int8_archive, INPUTS)
    assert not is_current(int8_archive, ArchiveInputs.find(TRAINED))


def test_one_that_loses_too_much_is_refused_and_leaves_what_was_there(
    dev, exported_before, monkeypatch, tmp_path
):
    monkeypatch.setenv("GOEMOTIONS_DIR", str(dev))
    archive = tmp_path / "goemotions.mar"
    archive.write_bytes(b"what was there")
    message = r"int8 the model loses .* package with QUANTIZE=none"
    with exported_before(), pytest.raises(QuantizationError, match=message):
        # Not even an equal hit rate is enough for this limit.
        build_archive(INPUTS, archive, load_dev=load_dev, largest_loss=-1.01)
    assert [file.name for file in tmp_path.iterdir()] == [archive.name]
    assert archive.read_bytes() == b"what was there"
