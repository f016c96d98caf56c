"""Whether a reply is the right answer."""

import json

import pytest

from loadtest.traffic.replies import (
    HttpReply,
    Prediction,
    Refusal,
    Scores,
    check_reply,
)

MALFORMED = "The message must be JSON in the form json={'comment': string_to_predict}."


def reply(document, status=200, content_type="application/json"):
    return HttpReply(status, content_type, json.dumps(document).encode())


def scores(*pairs):
    return [{"label": label, "score": score} for label, score in pairs]


def test_a_known_label_is_a_right_answer_that_owes_one_log_line():
    answer = check_reply(reply({"success": True, "prediction": "joy"}), Prediction())
    assert (answer.error, answer.log_lines, answer.label) == ("", 1, "joy")


@pytest.mark.parametrize(
    "document",
    [
        {"success": True, "prediction": "boredom"},
        {"success": True, "prediction": None},
        {"success": True, "prediction": "joy", "score": 0.9},
        {"success": False, "prediction": "joy"},
        {"prediction": "joy"},
        ["joy"],
        None,
    ],
)
def test_a_200_with_another_body_than_the_plain_form_s_is_wrong(document):
    assert check_reply(reply(document), Prediction()).error


def test_a_200_of_another_content_type_is_wrong():
    wrong = reply({"success": True, "prediction": "joy"}, content_type="text/plain")
    assert "content type" in check_reply(wrong, Prediction()).error


def test_a_charset_behind_the_content_type_does_no_harm():
    good = reply(
        {"success": True, "prediction": "joy"}, content_type="application/json; charset=utf-8"
    )
    assert not check_reply(good, Prediction()).error


def test_scores_owe_a_log_line_for_each_comment():
    rows = [scores(("joy", 0.7), ("love", 0.2)), scores(("anger", 0.5), ("neutral", 0.5))]
    answer = check_reply(reply(rows), Scores(comments=2, top_k=2))
    assert (answer.error, answer.log_lines) == ("", 2)


@pytest.mark.parametrize(
    "rows",
    [
        [scores(("joy", 0.7), ("love", 0.2))],
        [scores(("joy", 0.7)), scores(("joy", 0.7))],
        [scores(("love", 0.2), ("joy", 0.7))] * 2,
        [scores(("joy", 1.7), ("love", 0.2))] * 2,
        [scores(("boredom", 0.7), ("love", 0.2))] * 2,
        [[{"label": "joy"}, {"label": "love"}]] * 2,
        {"success": True, "prediction": "joy"},
        None,
    ],
    ids=[
        "too few rows",
        "too few scores",
        "lowest first",
        "no probability",
        "unknown label",
        "no score",
        "the plain form",
        "no JSON",
    ],
)
def test_scores_that_break_the_form_are_wrong(rows):
    assert check_reply(reply(rows), Scores(comments=2, top_k=2)).error


def test_a_right_refusal_is_no_error_and_owes_one_log_line():
    refused = reply({"success": False, "error": MALFORMED}, status=400)
    answer = check_reply(refused, Refusal(400, MALFORMED))
    assert (answer.error, answer.log_lines) == ("", 1)


def test_a_refusal_with_another_text_than_the_contract_s_is_wrong():
    refused = reply({"success": False, "error": "Bad Request"}, status=400)
    assert check_reply(refused, Refusal(400, MALFORMED)).error


def test_an_answer_in_place_of_a_refusal_is_wrong():
    answered = reply({"success": True, "prediction": "joy"})
    assert "200 in place of 400" in check_reply(answered, Refusal(400)).error


def test_an_error_of_torchserve_itself_owes_no_log_line():
    full = reply({"code": 503, "type": "ServiceUnavailable", "message": "queue full"}, status=503)
    answer = check_reply(full, Prediction())
    assert answer.log_lines == 0
    assert answer.error == "503 in place of 200: queue full"
