import hashlib
import io
import json
import os
import re
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goemotions.answer import answer_batch
from goemotions.log_room import has_room
from goemotions.prediction_log import PredictionLog, RequestIds
from goemotions.rejection import MALFORMED
from goemotions.request import PlainRequest
from goemotions.scores_request import ScoresRequest
from goemotions.settings import LoggedText
from goemotions.taxonomy import Taxonomy

TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d:\d{6}")


def write(classifier, requests, *, log_text=LoggedText.FULL, correlation_id=None):
    """The text that the log holds after one batch."""
    stream = io.StringIO()
    log = PredictionLog(stream, log_text, model_version="1.2.3")
    answers = answer_batch(requests, classifier)
    ids = [RequestIds(f"id-{index}", correlation_id) for index in range(len(answers))]
    log.write(zip(ids, answers, strict=True))
    return stream.getvalue()


def test_an_answers_line_has_the_earlier_services_keys_first(classifier):
    entry = json.loads(write(classifier, [PlainRequest(("grief",))]))
    assert list(entry)[:3] == ["time", "text", "prediction"]
    assert TIME.fullmatch(entry.pop("time"))
    (classification,) = classifier.classify(["grief"])
    assert entry.pop("score") == round(classification.score, 4)
    assert entry == {
        "text": "grief",
        "prediction": "sadness",
        "request_id": "id-0",
        "model_version": "1.2.3",
        "position": 0,
        "tokens": 3,
        "truncated": False,
    }


def test_a_rejections_line_has_the_error_of_the_reply(classifier):
    entry = json.loads(write(classifier, [MALFORMED]))
    assert list(entry)[:2] == ["time", "error"]
    assert TIME.fullmatch(entry.pop("time"))
    assert entry == {
        "error": MALFORMED.error,
        "request_id": "id-0",
        "model_version": "1.2.3",
        "status": 400,
    }


def test_each_comment_has_its_own_line_with_its_position(classifier):
    request = ScoresRequest(("joy", "love"), Taxonomy.ORIGINAL, top_k=1)
    lines = write(classifier, [request, PlainRequest(("fear",))]).splitlines()
    entries = [json.loads(line) for line in lines]
    assert [(e["text"], e["request_id"], e["position"]) for e in entries] == [
        ("joy", "id-0", 0),
        ("love", "id-0", 1),
        ("fear", "id-1", 0),
    ]


def test_a_correlation_id_stands_in_the_line_where_there_is_one(classifier):
    text = write(classifier, [PlainRequest(("joy",)), MALFORMED], correlation_id="abc")
    assert [json.loads(line)["correlation_id"] for line in text.splitlines()] == ["abc", "abc"]


def test_a_comment_that_was_cut_says_so(classifier):
    assert json.loads(write(classifier, [PlainRequest(("joy " * 9,))]))["truncated"] is True


@pytest.mark.parametrize(
    ("log_text", "kept"),
    [
        (LoggedText.FULL, "joy é"),
        (LoggedText.HASH, "sha256:" + hashlib.sha256("joy é".encode()).hexdigest()),
        (LoggedText.NONE, None),
    ],
)
def test_what_is_kept_of_a_text_is_a_setting(classifier, log_text, kept):
    text = write(classifier, [PlainRequest(("joy é",))], log_text=log_text)
    assert json.loads(text)["text"] == kept
    assert log_text is LoggedText.FULL or "joy " not in text


@pytest.mark.parametrize(("free_blocks", "lost"), [(256, 3), (257, 3), (258, 0)])
def test_no_line_is_written_that_may_break_off_on_a_full_disk(
    classifier, free_blocks, lost, monkeypatch, tmp_path
):
    disk = SimpleNamespace(f_bavail=free_blocks, f_frsize=4096)
    monkeypatch.setattr(os, "statvfs", lambda _folder: disk)
    stream = io.StringIO()
    log = PredictionLog(stream, LoggedText.FULL, "1.2.3", tmp_path)
    requests = [PlainRequest(("joy " * 400,)), MALFORMED, PlainRequest(("love " * 800,))]
    answers = answer_batch(requests, classifier)  # between 4096 and 8192 bytes
    assert log.write([(RequestIds("id"), answer) for answer in answers]) == lost
    assert len(stream.getvalue().splitlines()) == 3 - lost


def test_a_disk_that_tells_nothing_is_tried(tmp_path):
    assert has_room(tmp_path / "nowhere")


@given(texts=st.lists(st.text(min_size=1), min_size=1, max_size=3))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_breaks_or_forges_a_line(classifier, texts):
    written = write(classifier, [PlainRequest((text,)) for text in texts])
    assert written.isascii()
    assert written.endswith("\n")
    lines = written[:-1].split("\n")
    assert [json.loads(line)["text"] for line in lines] == texts
    assert all(line.isprintable() and line.startswith('{"time": "') for line in lines)
