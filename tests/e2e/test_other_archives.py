"""Archives of another architecture, and in float32, served by a real TorchServe."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from goemotions.taxonomy import LABELS
from service.client import Client
from service.instance import Instance
from tests.archive.small_dev import COMMENTS
from tests.e2e.operation import environment, start, stopped_at_the_end
from tests.e2e.probe import Probe

pytestmark = pytest.mark.server


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(("transformers", "roberta_archive"), id="roberta"),
        pytest.param(("onnx", "float32_archive"), id="float32"),
    ],
)
def served(request, free_ports, tmp_path_factory):
    """The encoder that should serve, and a probe of the service that does."""
    kind, archive = request.param
    logs = tmp_path_factory.mktemp("other") / "logs"
    with stopped_at_the_end(environment(free_ports(5), logs)) as env:
        start(env, request.getfixturevalue(archive))
        yield kind, Probe(Instance.from_env(env))


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
