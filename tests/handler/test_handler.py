"""The handler's replies to a batch, item by item."""

import json
from dataclasses import asdict

import pytest
import torch

from archive.quantization_cost import read_record
from goemotions.model_info import ModelInfo
from goemotions.settings import SettingsError
from goemotions.taxonomy import LABELS, SOURCE_LABELS
from tests.artefacts import TRAINED
from tests.handler.conftest import Server, body

pytestmark = pytest.mark.weights

COMMENTS = [
    ("Thank you so much, you saved my day!", "gratitude"),
    ("I love you, I love all of this", "love"),
    ("lol that is hilarious, I can't stop laughing", "amusement"),
    ("Why would they do that? How does it work?", "curiosity"),
    ("I am so sorry, I apologize for what I did", "remorse"),
    ("Wow, I did not expect that, what a surprise!", "surprise"),
]


@pytest.mark.parametrize(("comment", "label"), COMMENTS)
def test_a_plain_comment_of_an_emotion_is_answered_with_it(server, comment, label):
    ((status, reply, headers),) = server.ask([body({"comment": comment})])
    assert status == 200
    assert reply == json.dumps({"success": True, "prediction": label})
    assert headers["content-type"] == "application/json"


def test_each_row_of_a_mixed_batch_has_its_own_status_in_order(server):
    rows = [
        body({"comment": "thank you"}),
        body({"text": "thank you"}),
        body({"comment": "x" * 10_001}),
        {"body": bytearray(b"\xff")},
        body({"inputs": ["thank you", "lol"]}),
        body({"comment": "\ud800 thank you"}),
        {},
        body({"comment": "thank you"}),
    ]
    replies = server.ask(rows)
    assert [status for status, _, _ in replies] == [200, 400, 413, 400, 200, 200, 400, 200]
    assert replies[0][1] == replies[7][1]


def test_an_answer_does_not_depend_on_what_shares_its_batch(server):
    rows = [
        body({"inputs": comment, "parameters": {"top_k": None}})
        for comment in [*(comment for comment, _ in COMMENTS), "word " * 2000, "x", "🙂"]
    ]
    for row, (_, together, _) in zip(rows, server.ask(rows), strict=True):
        ((_, alone, _),) = server.ask([row])
        (scores_together,), (scores_alone,) = json.loads(together), json.loads(alone)
        assert scores_together[0]["label"] == scores_alone[0]["label"]
        by_label = {s["label"]: s["score"] for s in scores_alone}
        for score in scores_together:
            assert score["score"] == pytest.approx(by_label[score["label"]], abs=1e-5)


def test_a_correlation_id_comes_back_and_an_unusable_one_does_not(server):
    headers = [{"x-correlation-ID": "abc"}, {"X-Correlation-Id": "a\nb"}, {}]
    replies = server.ask([body({"comment": "thank you"})] * 3, headers)
    assert [reply[2].get("X-Correlation-Id") for reply in replies] == ["abc", None, None]


def test_a_form_field_named_like_the_header_is_no_header(server):
    headers = [{"X-Correlation-Id": {"content-type": "text/plain"}}]
    ((status, _, reply_headers),) = server.ask([{"X-Correlation-Id": b"abc"}], headers)
    assert status == 400
    assert "X-Correlation-Id" not in reply_headers


def test_every_answer_and_every_rejection_has_a_line_of_its_own(server):
    server.log_lines()
    server.ask(
        [body({"comment": "thank you"}), body({}), body({"inputs": ["a", "b"]})],
        [{"X-Correlation-Id": "c"}, {}, {}],
    )
    lines = server.log_lines()
    assert [line["request_id"] for line in lines] == ["id-0", "id-1", "id-2", "id-2"]
    assert lines[0]["prediction"] == "gratitude"
    assert lines[0]["correlation_id"] == "c"
    assert lines[1]["error"].startswith("The message must be JSON")


def test_a_comment_longer_than_the_model_reads_is_answered_and_logged_as_cut(server):
    server.log_lines()
    ((status, _, _),) = server.ask([body({"comment": "thank you " * 900})])
    assert status == 200
    assert server.log_lines()[0]["truncated"] is True


def test_the_description_tells_labels_taxonomy_version_quality_and_settings(server, unpacked):
    ((_, reply, _),) = server.ask([{}], [{"describe": "True"}])
    description = json.loads(reply)
    model = ModelInfo.load(unpacked / "config.json")
    assert description["labels"] == list(LABELS)
    assert description["source_labels"] == list(SOURCE_LABELS)
    assert description["taxonomy"]["gratitude"] == ["gratitude", "relief"]
    assert description["model_version"] == model.version
    assert description["quality"] == model.quality
    assert description["settings"]["max_chars"] == 10_000
    assert description["architecture"] == model.architecture
    assert description["quantization"] == asdict(read_record(TRAINED))


def encoder_of(server):
    ((_, reply, _),) = server.ask([{}], [{"describe": "True"}])
    return json.loads(reply)["encoder"]


def test_in_torch_it_answers_as_in_onnx_runtime_and_says_which_it_is(unpacked_float32):
    server, in_torch = Server(unpacked_float32), Server(unpacked_float32, {"backend": "torch"})
    assert encoder_of(server) == {"kind": "onnx", "device": "cpu"}
    assert encoder_of(in_torch) == {"kind": "torch", "device": "cpu"}
    rows = [body({"inputs": [comment for comment, _ in COMMENTS], "parameters": {"top_k": None}})]
    ((_, expected, _),), ((_, reply, _),) = server.ask(rows), in_torch.ask(rows)
    for theirs, ours in zip(json.loads(expected), json.loads(reply), strict=True):
        assert [score["label"] for score in ours] == [score["label"] for score in theirs]
        scores = [score["score"] for score in theirs]
        assert [score["score"] for score in ours] == pytest.approx(scores, abs=1e-5)


def test_a_gpu_that_torch_can_t_use_is_no_reason_not_to_answer(unpacked_float32, caplog):
    if torch.cuda.is_available():
        pytest.skip("torch can use a GPU here")
    server = Server(unpacked_float32, gpu=0)
    assert "gave this worker GPU 0, but torch" in caplog.text
    assert encoder_of(server) == {"kind": "onnx", "device": "cpu"}


def test_a_client_that_sends_the_describe_header_is_answered_like_any_other(server):
    rows = [body({"comment": "thank you"}), {"body": bytearray()}]
    replies = server.ask(rows, [{"describe": "True"}] * 2)
    assert [status for status, _, _ in replies] == [200, 400]


@pytest.mark.parametrize("rows", [[{}], [{}, {}]])
def test_an_empty_form_with_the_describe_header_is_refused_and_harms_no_other(server, rows):
    headers = {"Describe": "True", "Content-Type": "application/x-www-form-urlencoded"}
    replies = server.ask(rows, [headers] * len(rows))
    assert [status for status, _, _ in replies] == [400] * len(rows)


def test_a_request_over_grpc_is_answered_as_the_last_of_its_stream(server):
    ((_, _, over_grpc),) = server.ask([{"data": bytearray(b"{}")}], [{}])
    ((_, _, over_http),) = server.ask([body({})], [{"content-length": "2"}])
    assert over_grpc["ts_stream_next"] == "false"
    assert "ts_stream_next" not in over_http


def test_a_batch_is_counted_in_the_metrics(server, caplog):
    with caplog.at_level("INFO", logger="ts.metrics.caching_metric"):
        server.ask([body({"comment": "thank you"}), body({"comment": "thanks"}), body({})])
    metrics = [record.getMessage().split("|#type")[0] for record in caplog.records]
    assert "[METRICS]goemotions_comments_total.Count:2|#Label:gratitude" in metrics
    assert "[METRICS]goemotions_rejections_total.Count:1|#Kind:malformed" in metrics
    assert any(line.startswith("[METRICS]goemotions_batch_seconds.Seconds:") for line in metrics)


def test_lines_that_a_full_disk_has_no_room_for_are_counted_in_the_metrics(
    unpacked, caplog, monkeypatch, tmp_path
):
    monkeypatch.setenv("LOG_LOCATION", str(tmp_path))
    server = Server(unpacked)
    monkeypatch.setattr("goemotions.prediction_log.has_room", lambda *_: False)
    with caplog.at_level("INFO", logger="ts.metrics.caching_metric"):
        replies = server.ask([body({"inputs": ["thank you", "thanks"]}), body({})])
    assert [status for status, _, _ in replies] == [200, 400]
    assert server.log_lines() == []
    metrics = [record.getMessage().split("|#type")[0] for record in caplog.records]
    assert any(
        line.startswith("[METRICS]goemotions_lost_log_lines_total.Count:3|") for line in metrics
    )


def test_settings_of_the_archive_are_in_force(unpacked):
    server = Server(unpacked, {"max_chars": 3, "max_inputs": 1, "log_text": "none"})
    replies = server.ask(
        [body({"comment": "four"}), body({"inputs": ["a", "b"]}), body({"comment": "abc"})]
    )
    assert [status for status, _, _ in replies] == [413, 413, 200]


def test_an_unknown_setting_stops_the_worker_from_loading(unpacked):
    with pytest.raises(SettingsError, match="unknown setting max_size"):
        Server(unpacked, {"max_size": 3})
