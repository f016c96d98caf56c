"""The contract's tables, row by row, over HTTP against a real TorchServe."""

import json
import re

import pytest
import requests
from huggingface_hub import InferenceClient
from huggingface_hub.errors import HfHubHTTPError

from goemotions.taxonomy import GROUPS, LABELS, SOURCE_LABELS
from tests.e2e.probe import MALFORMED

pytestmark = pytest.mark.server

CONTENT_TYPES = ["application/json", "application/json; charset=utf-8"]

MALFORMED_BODIES = {
    "an extra key": b'{"comment": "I love this", "other": 1}',
    "no key": b"{}",
    "another key": b'{"text": "I love this"}',
    "a key in another case": b'{"Comment": "I love this"}',
    "a number as value": b'{"comment": 1}',
    "a zero as value": b'{"comment": 0}',
    "true as value": b'{"comment": true}',
    "null as value": b'{"comment": null}',
    "an array as value": b'{"comment": ["I love this"]}',
    "an object as value": b'{"comment": {"comment": "I love this"}}',
    "an empty string": b'{"comment": ""}',
    "a blank string": b'{"comment": " \\t\\r\\n"}',
    "a blank string of other spaces": b'{"comment": "\\u00a0\\u2003\\u3000\\u2028"}',
    "a JSON string": b'"I love this"',
    "a JSON string with the object in it": b'"{\\"comment\\": \\"I love this\\"}"',
    "an empty JSON string": b'""',
    "a JSON number": b"1",
    "a JSON zero": b"0",
    "a JSON array": b'[{"comment": "I love this"}]',
    "an empty JSON array": b"[]",
    "true": b"true",
    "false": b"false",
    "null": b"null",
    "an unclosed object": b'{"comment": "I love this"',
    "single quotes": b"{'comment': 'I love this'}",
    "a trailing comma": b'{"comment": "I love this",}',
    "two documents": b'{"comment": "I love this"}{"comment": "I love this"}',
    "a raw line feed in the string": b'{"comment": "I love\nthis"}',
    "no JSON at all": b"I love this",
    "a form": b"comment=I+love+this",
    "a number of 5,000 digits": b'{"comment": ' + b"1" * 5000 + b"}",
    "arrays nested 20,000 deep": b"[" * 20_000,
    "a byte that is not UTF-8": b'{"comment": "I love this \xff"}',
    "a surrogate in UTF-8": b'{"comment": "I love this \xed\xa0\x80"}',
    "UTF-16": '{"comment": "I love this"}'.encode("utf-16"),
    "UTF-32": '{"comment": "I love this"}'.encode("utf-32"),
    "no body": b"",
    "blank bytes": b"  \n",
    "both forms at once": b'{"comment": "I love this", "inputs": "I love this"}',
}

# Each is a comment that is hard to carry, as JSON bytes, and the text that it is read as.
STRANGE_COMMENTS = {
    "a lone high surrogate": (b'"I love \\ud800 this"', "I love \ufffd this"),
    "a lone low surrogate": (b'"I love this \\udfff"', "I love this \ufffd"),
    "surrogates in the wrong order": (b'"\\ude00\\ud83d love"', "\ufffd\ufffd love"),
    "nothing but a lone surrogate": (b'"\\ud800"', "\ufffd"),
    "a surrogate pair": (b'"I love this \\ud83d\\ude00"', "I love this \U0001f600"),
    "a NUL": (b'"I love \\u0000 this"', "I love \0 this"),
    "nothing but a NUL": (b'"\\u0000"', "\0"),
    "emoji": ('"👩‍👩‍👧‍👦❤️🏳️‍🌈👍🏽"'.encode(), "👩‍👩‍👧‍👦❤️🏳️‍🌈👍🏽"),
    "right-to-left text": ('"אני אוהב את זה שלום"'.encode(), "אני אוהב את זה שלום"),
    "5,000 combining marks": (
        b'"love' + "\u0301".encode() * 5000 + b'"',
        "love" + "\u0301" * 5000,
    ),
    "a byte order mark": ('"\ufefflove"'.encode(), "\ufefflove"),
    "a special token": (b'"I love this [SEP] [PAD]"', "I love this [SEP] [PAD]"),
    "one letter": (b'"a"', "a"),
}

GOOD_CORRELATION_IDS = ["a", "0" * 128, 'A-1 {"b"}: ~', "[METRICS]"]
BAD_CORRELATION_IDS = {
    "empty": "",
    "129 characters": "0" * 129,
    "a letter beyond ASCII": b"caf\xe9",
    "a control character": b"a\x01b",
    "a tab": "a\tb",
}

INVALID_PARAMETERS = {
    "a top_k of 0": ({"top_k": 0}, ["top_k", "0", "14"]),
    "a negative top_k": ({"top_k": -1}, ["top_k", "-1"]),
    "a top_k above the labels": ({"top_k": 15}, ["top_k", "15", "14"]),
    "a top_k above the source labels": (
        {"top_k": 29, "taxonomy": "original"},
        ["top_k", "29", "28"],
    ),
    "a top_k of true": ({"top_k": True}, ["top_k", "True"]),
    "a top_k with a fraction": ({"top_k": 1.5}, ["top_k", "1.5"]),
    "a top_k of text": ({"top_k": "3"}, ["top_k", "'3'"]),
    "an unknown taxonomy": ({"taxonomy": "ekman"}, ["taxonomy", "ekman", "served", "original"]),
    "a taxonomy of null": ({"taxonomy": None}, ["taxonomy"]),
    "a taxonomy that can't be hashed": ({"taxonomy": ["served"]}, ["taxonomy"]),
    "another function": ({"function_to_apply": "sigmoid"}, ["function_to_apply", "sigmoid"]),
    "the function none": ({"function_to_apply": "none"}, ["function_to_apply", "none"]),
    "an unknown parameter": ({"topk": 3}, ["topk"]),
    "parameters of text": ("top_k=3", ["parameters"]),
    "parameters in an array": ([], ["parameters"]),
}

INVALID_INPUTS = {
    "an empty list": ([], ["inputs"]),
    "a number": (1, ["inputs"]),
    "null": (None, ["inputs"]),
    "an object": ({"text": "love"}, ["inputs"]),
    "a blank comment": (" ", ["inputs"]),
    "a number in the list": (["love", 1], ["inputs[1]"]),
    "a list in the list": (["love", ["love"]], ["inputs[1]"]),
    "a blank comment in the list": (["love", "joy", "\n"], ["inputs[2]"]),
}


def by_name(rows):
    """Parametrisation by a table whose keys are the names of the tests."""
    return pytest.mark.parametrize("row", rows.values(), ids=rows.keys())


def assert_json(reply, status):
    assert reply.status_code == status, reply.text
    assert reply.headers["Content-Type"] == "application/json"


def assert_refused(reply, status, mentioned):
    """A refusal in the contract's form whose error mentions all of ``mentioned``."""
    assert_json(reply, status)
    document = reply.json()
    assert list(document) == ["success", "error"]
    assert document["success"] is False
    for mention in mentioned:
        assert mention in document["error"].replace(",", "")


# The plain form


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
def test_a_comment_is_answered_with_its_label_and_nothing_else(probe, content_type):
    reply = probe.send(b'{"comment": "I love this so much"}', content_type)
    assert_json(reply, 200)
    assert reply.text == '{"success": true, "prediction": "love"}'


@pytest.mark.parametrize(
    "content_type", ["text/plain", "text/plain; charset=utf-16", "application/octet-stream", ""]
)
def test_the_body_decides_and_not_its_content_type(probe, content_type):
    reply = probe.send(b'{"comment": "I love this so much"}', content_type)
    assert_json(reply, 200)
    assert reply.json() == probe.ask({"comment": "I love this so much"}).json()


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_a_form_is_refused_whatever_it_holds(probe, content_type):
    reply = probe.send(b'{"comment": "I love this so much"}', content_type)
    assert_json(reply, 400)
    assert reply.text == MALFORMED


def test_of_a_key_that_stands_twice_the_last_one_counts(probe):
    assert_json(probe.send(b'{"comment": 1, "comment": "I love this"}'), 200)
    assert_json(probe.send(b'{"comment": "I love this", "comment": 1}'), 400)


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
@by_name(MALFORMED_BODIES)
def test_whatever_is_not_the_object_is_refused_with_the_earlier_services_text(
    probe, content_type, row
):
    reply = probe.send(row, content_type)
    assert_json(reply, 400)
    assert reply.text == MALFORMED


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
def test_the_longest_comment_is_answered_and_one_more_character_is_too_much(probe, content_type):
    longest = json.dumps({"comment": "ab " * 3333 + "c"}).encode()
    too_long = json.dumps({"comment": "ab " * 3333 + "cd"}).encode()
    assert_json(probe.send(longest, content_type), 200)
    assert_refused(probe.send(too_long, content_type), 413, ["10000", "10001"])


@pytest.mark.parametrize("ensure_ascii", [False, True], ids=["in UTF-8", "as escapes"])
def test_the_longest_comment_is_answered_however_its_characters_are_written(probe, ensure_ascii):
    body = json.dumps({"comment": "\U0001f600" * 10_000}, ensure_ascii=ensure_ascii)
    assert_json(probe.send(body.encode()), 200)


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
@by_name(STRANGE_COMMENTS)
def test_a_strange_comment_is_text_like_any_other(probe, content_type, row):
    value, text = row
    reply = probe.send(b'{"comment": ' + value + b"}", content_type)
    assert_json(reply, 200)
    assert reply.json() == {"success": True, "prediction": probe.label(text)}
    assert probe.entry(reply)["text"] == text


def test_a_comment_of_more_tokens_than_the_model_reads_is_cut_and_its_line_says_so(probe):
    cut = probe.ask({"comment": "I love this. " * 700})
    whole = probe.ask({"comment": "I love this."})
    assert_json(cut, 200)
    assert probe.entry(cut)["truncated"] is True
    assert probe.entry(whole)["truncated"] is False


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_another_method_without_a_body_is_refused_like_any_request_without_one(probe, method):
    reply = probe.send(b"", method=method)
    assert_json(reply, 400)
    assert reply.text == MALFORMED


# Ids and log lines

REQUESTS = {
    "answered": ({"comment": "I love this"}, 200),
    "malformed": ({"comment": 1}, 400),
    "too long": ({"comment": "a" * 10_001}, 413),
    "with scores": ({"inputs": "I love this"}, 200),
    "with a bad parameter": ({"inputs": "I love this", "parameters": {"top_k": 0}}, 400),
}


@by_name(REQUESTS)
def test_the_replys_request_id_stands_in_exactly_one_line(probe, row):
    document, status = row
    reply = probe.ask(document)
    assert reply.status_code == status
    assert len(probe.entries(reply)) == 1


def test_an_answers_line_tells_the_text_and_the_prediction(probe):
    reply = probe.ask({"comment": "I love this so much"})
    entry = probe.entry(reply)
    assert list(entry)[:3] == ["time", "text", "prediction"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d:\d{6}", entry["time"])
    assert entry["text"] == "I love this so much"
    assert entry["prediction"] == reply.json()["prediction"]


@pytest.mark.parametrize("document", [{"comment": 1}, {"comment": "a" * 10_001}, {"inputs": []}])
def test_a_refusals_line_tells_the_error_of_the_reply(probe, document):
    reply = probe.ask(document)
    entry = probe.entry(reply)
    assert list(entry)[:2] == ["time", "error"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d:\d{6}", entry["time"])
    assert entry["error"] == reply.json()["error"]


@by_name(REQUESTS)
def test_a_correlation_id_comes_back_and_stands_in_the_line(probe, row):
    document, status = row
    reply = probe.ask(document, headers={"X-Correlation-Id": "order-66"})
    assert reply.status_code == status
    assert reply.headers["X-Correlation-Id"] == "order-66"
    assert probe.entry(reply)["correlation_id"] == "order-66"


@pytest.mark.parametrize("name", ["X-Correlation-Id", "x-correlation-id", "X-CORRELATION-ID"])
def test_the_case_of_the_correlation_header_does_not_matter(probe, name):
    reply = probe.ask({"comment": "I love this"}, headers={name: "order-66"})
    assert reply.headers["X-Correlation-Id"] == "order-66"


@pytest.mark.parametrize("correlation_id", GOOD_CORRELATION_IDS)
def test_a_correlation_id_is_1_to_128_printable_ascii_characters(probe, correlation_id):
    reply = probe.ask({"comment": "I love this"}, headers={"X-Correlation-Id": correlation_id})
    assert reply.headers["X-Correlation-Id"] == correlation_id
    assert probe.entry(reply)["correlation_id"] == correlation_id


@by_name(BAD_CORRELATION_IDS)
def test_another_correlation_id_is_ignored_and_the_comment_answered(probe, row):
    reply = probe.ask({"comment": "I love this"}, headers={"X-Correlation-Id": row})
    assert_json(reply, 200)
    assert "X-Correlation-Id" not in reply.headers
    assert "correlation_id" not in probe.entry(reply)


# The Hugging Face form


def test_the_clients_of_hugging_face_work_as_they_are(probe):
    client = InferenceClient(model=probe.url)
    (best,) = client.text_classification("I love this so much")
    assert best.label == "love"
    assert 0 < best.score <= 1
    three = client.text_classification("I love this so much", top_k=3, function_to_apply="softmax")
    assert [best.label, len(three)] == [three[0].label, 3]


def test_the_clients_of_hugging_face_see_a_refusal_as_their_own_error(probe):
    with pytest.raises(HfHubHTTPError) as caught:
        InferenceClient(model=probe.url).text_classification("love", function_to_apply="sigmoid")
    assert caught.value.response.status_code == requests.codes.bad_request


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
def test_one_comment_is_a_list_of_one_list_of_its_best_label(probe, content_type):
    reply = probe.send(b'{"inputs": "I love this so much"}', content_type)
    assert_json(reply, 200)
    ((best,),) = reply.json()
    assert list(best) == ["label", "score"]
    assert best["label"] == "love"


def test_comments_are_answered_in_their_order_and_logged_one_line_each(probe):
    comments = ["I love this so much", "Thank you very much!", "That is so funny, lol"]
    reply = probe.ask({"inputs": comments, "parameters": {}})
    assert_json(reply, 200)
    predictions = [best["label"] for (best,) in reply.json()]
    assert predictions == [probe.label(comment) for comment in comments]
    entries = probe.entries(reply, count=3)
    assert [entry["text"] for entry in entries] == comments
    assert [entry["prediction"] for entry in entries] == predictions


@pytest.mark.parametrize(("taxonomy", "labels"), [("served", LABELS), ("original", SOURCE_LABELS)])
def test_the_scores_of_all_labels_sum_to_1_highest_first(probe, taxonomy, labels):
    scores = probe.scores("I love this, but it makes me sad too", taxonomy=taxonomy)
    assert sorted(scores) == sorted(labels)
    assert sum(scores.values()) == pytest.approx(1, abs=1e-5)
    assert list(scores.values()) == sorted(scores.values(), reverse=True)


@pytest.mark.parametrize("comment", ["I love this", "What?!", "Sorry for your loss", "ok", "🤮"])
def test_the_highest_of_the_served_labels_is_the_plain_forms_answer(probe, comment):
    assert next(iter(probe.scores(comment))) == probe.label(comment)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, 1),
        (None, 1),
        ({"top_k": 1}, 1),
        ({"top_k": 14}, 14),
        ({"top_k": None}, 14),
        ({"top_k": 28, "taxonomy": "original"}, 28),
        ({"top_k": None, "taxonomy": "original"}, 28),
        ({"function_to_apply": None}, 1),
        ({"function_to_apply": "softmax", "top_k": 5, "taxonomy": "served"}, 5),
    ],
)
def test_the_parameters_say_how_many_labels_of_which_taxonomy(probe, parameters, expected):
    reply = probe.ask({"inputs": "I love this", "parameters": parameters})
    assert_json(reply, 200)
    assert len(reply.json()[0]) == expected


@by_name(INVALID_PARAMETERS)
def test_a_parameter_that_is_not_taken_is_refused_by_name(probe, row):
    parameters, mentioned = row
    reply = probe.ask({"inputs": "I love this", "parameters": parameters})
    assert_refused(reply, 400, mentioned)


@by_name(INVALID_INPUTS)
def test_one_bad_comment_refuses_its_request_and_names_its_position(probe, row):
    inputs, mentioned = row
    reply = probe.ask({"inputs": inputs})
    assert_refused(reply, 400, mentioned)
    assert len(probe.entries(reply)) == 1


def test_another_key_beside_inputs_is_refused_by_name(probe):
    reply = probe.ask({"inputs": "I love this", "options": {}})
    assert_refused(reply, 400, ["options"])


def test_a_comment_too_long_among_others_is_named_by_its_position(probe):
    reply = probe.ask({"inputs": ["love", "a" * 10_001]})
    assert_refused(reply, 413, ["inputs[1]", "10000", "10001"])


def test_64_comments_are_answered_and_one_more_is_too_many(probe):
    reply = probe.ask({"inputs": ["I love this"] * 64})
    assert_json(reply, 200)
    assert len(reply.json()) == 64
    assert len(probe.entries(reply, count=64)) == 64
    assert_refused(probe.ask({"inputs": ["I love this"] * 65}), 413, ["64", "65"])


# The management API


def test_the_description_tells_labels_taxonomy_version_and_quality(probe):
    reply = requests.get(
        f"{probe.instance.management_url}/models/goemotions",
        params={"customized": "true"},
        timeout=60,
    )
    assert reply.status_code == requests.codes.ok
    (model,) = reply.json()
    described = model["customizedMetadata"]
    assert described["labels"] == list(LABELS)
    assert described["source_labels"] == list(SOURCE_LABELS)
    assert described["taxonomy"] == {label: list(sources) for label, sources in GROUPS.items()}
    assert described["model_version"] == probe.entry(probe.ask({"comment": "hi"}))["model_version"]
    assert 0 < described["quality"]["dev"]["hit_rate"] < 1
    assert 0 < described["quality"]["test"]["hit_rate"] < 1
