"""Replies as the contract words them, and the batch in which they are made."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goemotions.answer import answer_batch
from goemotions.rejection import MALFORMED, MALFORMED_ERROR
from goemotions.request import PlainRequest, read_request
from goemotions.scores_request import ScoresRequest
from goemotions.settings import Settings
from goemotions.taxonomy import Taxonomy

SETTINGS = Settings(max_chars=30)


def answer(classifier, document):
    request = read_request({"body": json.dumps(document).encode()}, SETTINGS)
    (single,) = answer_batch([request], classifier)
    return single.reply.status, single.reply.body


def test_a_plain_request_is_answered_to_the_letter(classifier):
    assert answer(classifier, {"comment": "grief"}) == (
        200,
        '{"success": true, "prediction": "sadness"}',
    )


def test_a_malformed_request_is_refused_to_the_letter(classifier):
    assert answer(classifier, {"text": "joy"}) == (
        400,
        json.dumps({"success": False, "error": MALFORMED_ERROR}),
    )


def test_a_long_comment_is_refused_with_the_limit_and_its_length(classifier):
    assert answer(classifier, {"comment": "x" * 31}) == (
        413,
        '{"success": false, "error": "The comment has 31 characters; at most 30 are taken."}',
    )


def test_a_scores_request_lists_each_comments_best_labels_first(classifier):
    status, body = answer(classifier, {"inputs": ["joy", "fear"], "parameters": {"top_k": 3}})
    rows = json.loads(body)
    assert status == 200
    assert [row[0]["label"] for row in rows] == ["joy", "sadness"]
    for row in rows:
        scores = [entry["score"] for entry in row]
        assert len(row) == 3
        assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("taxonomy", Taxonomy)
def test_all_scores_sum_to_1(classifier, taxonomy):
    _, body = answer(
        classifier, {"inputs": "joy", "parameters": {"top_k": None, "taxonomy": taxonomy}}
    )
    (row,) = json.loads(body)
    assert row[0]["label"] == "joy"
    assert sorted(entry["label"] for entry in row) == sorted(taxonomy.labels)
    assert sum(entry["score"] for entry in row) == pytest.approx(1)


@pytest.mark.parametrize("comment", ["joy love", "", "love joy anger", "unknown words"])
def test_the_best_score_is_the_plain_forms_label_even_in_a_tie(classifier, comment):
    (classification,) = classifier.classify([comment])
    request = ScoresRequest((comment,), Taxonomy.SERVED, top_k=1)
    (scored,) = answer_batch([request], classifier)
    assert json.loads(scored.reply.body)[0][0]["label"] == classification.label


requests = st.lists(
    st.one_of(
        st.just(MALFORMED),
        st.sampled_from(["joy", "love love", "fear"]).map(lambda text: PlainRequest((text,))),
        st.lists(st.sampled_from(["anger", "pride"]), min_size=1, max_size=3).map(
            lambda texts: ScoresRequest(tuple(texts), Taxonomy.ORIGINAL, top_k=2)
        ),
    ),
    max_size=6,
)


@given(batch=requests)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_request_is_answered_in_a_batch_as_it_is_alone(classifier, batch):
    together = answer_batch(batch, classifier)
    alone = [answer_batch([request], classifier)[0] for request in batch]
    assert [answer.reply for answer in together] == [answer.reply for answer in alone]
    for request, answered in zip(batch, together, strict=True):
        assert answered.request is request
        assert len(answered.classifications) == len(getattr(request, "comments", ()))
