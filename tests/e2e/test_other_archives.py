"""Archives of another architecture, and in float32, served by a real TorchServe."""

import json
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from archive.build import build_archive
from archive.inputs import REPOSITORY, ArchiveInputs
from archive.plan import Quantize
from goemotions.taxonomy import LABELS
from service.client import Client
from service.instance import Instance
from tests.archive.small_dev import COMMENTS
from tests.e2e.operation import environment, run, start
from tests.e2e.probe import Probe
from tests.encoder.roberta import write_roberta

TRAINED = REPOSITORY / os.environ.get("MODEL", "model")


def roberta_inputs(folder):
    return ArchiveInputs.find(write_roberta(folder))


def float32_inputs(_folder):
    return ArchiveInputs.find(TRAINED, Quantize.NONE)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(("transformers", roberta_inputs), id="roberta"),
        pytest.param(("onnx", float32_inputs), id="float32"),
    ],
)
def served(request, free_ports, tmp_path_factory):
    """Which encoder should serve, and a probe of the service that does."""
    kind, inputs_in = request.param
    folder = tmp_path_factory.mktemp("other")
    archive = folder / "store" / "goemotions.mar"
    build_archive(inputs_in(folder / "model"), archive)
    env = environment(free_ports(5), folder / "logs")
    start(env, archive)
    yield kind, Probe(Instance.from_env(env))
    stopped = run(env, "stop")
    assert stopped.returncode == 0, stopped.stderr


def test_its_description_says_what_serves(served):
    kind, probe = served
    description = Client(probe.instance, connections=1).describe()
    assert description["encoder"] == {"kind": kind, "device": "cpu"}
    assert "quantization" not in description  # TorchServe leaves out what is null


def test_comments_asked_at_once_are_answered_as_alone_and_logged(served):
    _, probe = served
    texts = [text for text, _ in COMMENTS]
    alone = [probe.label(text) for text in texts]
    assert set(alone) <= set(LABELS)
    with ThreadPoolExecutor(len(texts)) as pool:
        asked = [pool.submit(Probe(probe.instance).label, text) for text in texts * 5]
        assert [each.result() for each in asked] == alone * 5


def test_the_prediction_log_has_lines_of_json_and_nothing_else(served):
    _, probe = served
    reply = probe.ask({"comment": "so sad"})
    assert probe.entry(reply)["prediction"] == reply.json()["prediction"]
    assert all(isinstance(json.loads(line), dict) for line in probe.log.lines())
