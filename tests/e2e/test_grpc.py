"""The gRPC API, by a client made the way docs/api.md says."""

import json
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty

from tests.e2e.operation import run_snippet
from tests.e2e.probe import MALFORMED, Probe

pytestmark = pytest.mark.server

REFUSED = {
    "another key": {"data": b'{"text": "love"}'},
    "malformed JSON": {"data": b'{"comment": '},
    "bytes that are not UTF-8": {"data": b"\xff\xfe"},
    "an empty body": {"data": b""},
    "no input at all": {},
    "an input of another name": {"comment": b"love"},
}


@pytest.fixture
def inference(stubs, service):
    """The inference API of the service."""
    with grpc.insecure_channel(f"127.0.0.1:{service.grpc_inference_port}") as channel:
        yield stubs.services.InferenceAPIsServiceStub(channel)


@pytest.fixture
def predict(stubs, inference):
    """The answer to a request with these inputs, as text."""

    def predict(model="goemotions", **inputs):
        request = stubs.messages.PredictionsRequest(model_name=model, input=inputs)
        return inference.Predictions(request, timeout=60).prediction.decode()

    return predict


def test_the_documents_client_prints_the_prediction(snippets, stubs, service, probe):
    here = snippets[1].replace("127.0.0.1:7070", f"127.0.0.1:{service.grpc_inference_port}")
    label = probe.label("I love this")
    assert run_snippet(here, stubs.folder) == f"{{'success': True, 'prediction': '{label}'}}\n"


def test_the_plain_form_is_answered_as_over_http(predict, probe):
    for comment in ["I love this", "Thank you!", "Why?", "😂😂😂"]:
        body = json.dumps({"comment": comment}).encode()
        assert predict(data=body) == probe.send(body).text


def test_the_hugging_face_form_is_answered_as_over_http(predict, probe):
    document = {"inputs": ["I love this", "Why?"], "parameters": {"top_k": None}}
    over_grpc = json.loads(predict(data=json.dumps(document).encode()))
    over_http = probe.ask(document).json()
    for pairs, expected in zip(over_grpc, over_http, strict=True):
        assert [pair["label"] for pair in pairs] == [pair["label"] for pair in expected]
        scores = [pair["score"] for pair in pairs]
        assert scores == pytest.approx([pair["score"] for pair in expected], abs=1e-4)


@pytest.mark.parametrize("inputs", REFUSED.values(), ids=REFUSED.keys())
def test_a_refusal_is_the_document_of_http_with_the_status_ok(predict, inputs):
    assert predict(**inputs) == MALFORMED


def test_a_comment_too_long_is_refused_with_the_error_of_http(predict, probe):
    body = json.dumps({"comment": "a" * 10_001}).encode()
    assert predict(data=body) == probe.send(body).text


def test_a_comment_has_its_line_in_the_log(predict, probe):
    text = "asked through gRPC and nowhere else"
    predict(data=json.dumps({"comment": text}).encode())
    (entry,) = probe.log.entries_with(text, 1)
    assert entry["text"] == text


def test_an_unknown_model_is_an_internal_error_that_names_it(predict):
    with pytest.raises(grpc.RpcError) as caught:
        predict(model="nonsense", data=b'{"comment": "love"}')
    assert caught.value.code() == grpc.StatusCode.INTERNAL
    assert "nonsense" in caught.value.details()


def test_a_request_over_the_size_limit_fails_and_harms_no_other(predict):
    with pytest.raises(grpc.RpcError) as caught:
        predict(data=b'{"comment": "' + b"a" * 5_000_000 + b'"}')
    limits = {grpc.StatusCode.CANCELLED, grpc.StatusCode.RESOURCE_EXHAUSTED}
    assert caught.value.code() in limits
    assert json.loads(predict(data=b'{"comment": "love"}'))["success"] is True


def test_a_streaming_call_is_answered_by_one_message_and_costs_no_worker(
    stubs, inference, service, probe
):
    """TorchServe ends a worker whose handler does not say that a stream is over."""
    request = stubs.messages.PredictionsRequest(
        model_name="goemotions", input={"data": b'{"comment": "I love this"}'}
    )
    label = probe.label("I love this")

    def ask(number):
        if number % 2:
            return Probe(service).label("I love this")
        (reply,) = inference.StreamPredictions(request, timeout=60)
        return json.loads(reply.prediction)["prediction"]

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(64))) == {label}


def test_the_service_says_that_it_is_healthy(inference):
    assert json.loads(inference.Ping(Empty(), timeout=60).health) == {"status": "Healthy"}
