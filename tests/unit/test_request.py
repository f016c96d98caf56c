"""The request tables of the contract, form by form."""

import json
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goemotions.rejection import MALFORMED, Rejection
from goemotions.request import PlainRequest, read_request
from goemotions.scores_request import ScoresRequest
from goemotions.settings import Settings
from goemotions.taxonomy import Taxonomy

SETTINGS = Settings(max_chars=20, max_inputs=3)


def read(document):
    return read_request({"body": json.dumps(document).encode()}, SETTINGS)


def test_one_comment_is_a_plain_request():
    assert read({"comment": "I love this"}) == PlainRequest(("I love this",))


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"comment": "a", "extra": 1},
        {"comment": "a", "inputs": "b"},
        {"text": "a"},
        {"Comment": "a"},
        {"comment": ""},
        {"comment": " \t\n\u2003"},
        {"comment": None},
        {"comment": 5},
        {"comment": True},
        {"comment": ["a"]},
        {"comment": {"comment": "a"}},
        "comment",
        "",
        5,
        0,
        ["comment"],
        [],
        True,
        False,
        None,
    ],
    ids=json.dumps,
)
def test_another_document_is_malformed(document):
    assert read(document) == MALFORMED


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"comment": "a"',
        b'{"comment": "a"} trailing',
        b"{'comment': 'a'}",
        b'{"comment": NaN}',
        b'{"comment": "\xff"}',
        b"\xff\xfe",
        '{"comment": "a"}'.encode("utf-16"),
        '{"comment": "a"}'.encode("utf-32"),
        b"[" * 100_000,
        b'{"comment":' * 100_000,
        b"1" * 5_000,
        b'{"comment": "a\nb"}',
    ],
    ids=lambda body: repr(body[:20]),
)
def test_bytes_that_hold_no_such_document_are_malformed(body):
    assert read_request({"body": bytearray(body)}, SETTINGS) == MALFORMED


@pytest.mark.parametrize("row", [{}, {"comment": bytearray(b"a")}, {"body": None}, {"x": b"{}"}])
def test_a_row_without_a_body_is_malformed(row):
    assert read_request(row, SETTINGS) == MALFORMED


def test_a_body_comes_under_data_over_grpc():
    row = {"data": bytearray(b'{"comment": "a"}')}
    assert read_request(row, SETTINGS) == PlainRequest(("a",))


def test_a_body_that_torchserve_decoded_reads_the_same():
    assert read_request({"body": {"comment": "a"}}, SETTINGS) == PlainRequest(("a",))
    assert read_request({"body": '{"comment": "a"}'}, SETTINGS) == MALFORMED


@pytest.mark.parametrize(
    ("sent", "read_as"),
    [
        ("\ud800", "�"),
        ("a\x00b", "a\x00b"),
        ("😀👍", "😀👍"),
        ("שלום", "שלום"),
        ("a" + "\u0301" * 19, "a" + "\u0301" * 19),
    ],
)
def test_unusual_text_is_text(sent, read_as):
    assert read({"comment": sent}) == PlainRequest((read_as,))


def test_a_comment_of_the_limit_is_taken_and_one_character_more_is_not():
    assert read({"comment": "x" * 20}) == PlainRequest(("x" * 20,))
    rejection = read({"comment": "x" * 21})
    assert rejection.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert "21" in rejection.error
    assert "20" in rejection.error


def test_inputs_are_a_scores_request_with_the_best_served_label_by_default():
    expected = ScoresRequest(("a",), Taxonomy.SERVED, top_k=1)
    assert read({"inputs": "a"}) == expected
    assert read({"inputs": "a", "parameters": {}}) == expected
    assert read({"inputs": "a", "parameters": None}) == expected


def test_several_inputs_keep_their_order():
    assert read({"inputs": ["b", "a"]}).comments == ("b", "a")


@pytest.mark.parametrize(
    ("parameters", "taxonomy", "top_k"),
    [
        ({"top_k": 14}, Taxonomy.SERVED, 14),
        ({"top_k": None}, Taxonomy.SERVED, 14),
        ({"top_k": None, "taxonomy": "original"}, Taxonomy.ORIGINAL, 28),
        ({"top_k": 28, "taxonomy": "original"}, Taxonomy.ORIGINAL, 28),
        ({"function_to_apply": "softmax"}, Taxonomy.SERVED, 1),
        ({"function_to_apply": None}, Taxonomy.SERVED, 1),
    ],
)
def test_parameters_are_taken(parameters, taxonomy, top_k):
    request = read({"inputs": "a", "parameters": parameters})
    assert (request.taxonomy, request.top_k) == (taxonomy, top_k)


@pytest.mark.parametrize(
    ("document", "named"),
    [
        ({"inputs": 5}, "5"),
        ({"inputs": []}, "1 to 3"),
        ({"inputs": {"text": "a"}}, "inputs"),
        ({"inputs": " "}, "blank"),
        ({"inputs": ["a", ""]}, "inputs[1]"),
        ({"inputs": ["a", 5]}, "inputs[1]"),
        ({"inputs": "a", "options": {}}, "'options'"),
        ({"inputs": "a", "parameters": []}, "parameters"),
        ({"inputs": "a", "parameters": {"top": 1}}, "'top'"),
        ({"inputs": "a", "parameters": {"top_k": 0}}, "top_k"),
        ({"inputs": "a", "parameters": {"top_k": 15}}, "14"),
        ({"inputs": "a", "parameters": {"top_k": True}}, "True"),
        ({"inputs": "a", "parameters": {"top_k": "1"}}, "'1'"),
        ({"inputs": "a", "parameters": {"top_k": 29, "taxonomy": "original"}}, "28"),
        ({"inputs": "a", "parameters": {"taxonomy": "other"}}, "served, original"),
        ({"inputs": "a", "parameters": {"taxonomy": []}}, "taxonomy"),
        ({"inputs": "a", "parameters": {"function_to_apply": "sigmoid"}}, "'sigmoid'"),
    ],
    ids=json.dumps,
)
def test_what_scores_requests_do_not_take_is_refused_by_name(document, named):
    rejection = read(document)
    assert rejection.status == HTTPStatus.BAD_REQUEST
    assert named in rejection.error


def test_a_long_input_is_refused_with_its_position_and_both_numbers():
    rejection = read({"inputs": ["a", "x" * 21]})
    assert rejection.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert rejection.error == "inputs[1] has 21 characters; at most 20 are taken."


def test_too_many_inputs_are_refused_with_both_numbers():
    rejection = read({"inputs": ["a"] * 4})
    assert rejection.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert rejection.error == "inputs holds 4 comments; at most 3 are taken in one request."


@pytest.mark.parametrize("key", ["x" * 500_000, "\n\ud800é" * 1000])
def test_an_error_quotes_a_client_briefly_and_in_ascii(key):
    rejection = read({"inputs": "a", key: [[["y" * 1000] * 50] * 50] * 50})
    assert rejection.error.isascii()
    assert len(rejection.error) < 500
    assert "\n" not in rejection.error


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
documents = st.fixed_dictionaries(
    {},
    optional={
        "comment": json_values,
        "inputs": json_values,
        "parameters": st.dictionaries(
            st.sampled_from(["top_k", "taxonomy", "function_to_apply", "x"]), json_values
        )
        | json_values,
    },
)


@given(st.one_of(documents.map(json.dumps).map(str.encode), st.binary()))
def test_any_bytes_become_a_request_or_a_rejection(body):
    result = read_request({"body": body}, SETTINGS)
    assert isinstance(result, PlainRequest | ScoresRequest | Rejection)


def test_the_earlier_services_error_is_kept_to_the_letter():
    assert MALFORMED.error == (
        "The message must be JSON in the form json={'comment': string_to_predict}."
    )
