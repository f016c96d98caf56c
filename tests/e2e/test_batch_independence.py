"""An answer does not depend on the other comments of its batch."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from goemotions.taxonomy import Taxonomy
from tests.e2e.probe import Probe

pytestmark = pytest.mark.server

COMMENTS = [
    "a",
    "ok",
    "I love this so much",
    "Thank you!",
    "lol",
    "I am so sorry for your loss, my thoughts are with you and your family.",
    "This is disgusting. How can anyone do that to an animal?",
    "😂😂😂",
    "WHAT?!?!",
    "[NAME] is the best player that we ever had",
    "Good luck with the exam, I hope you pass!",
    "No, that is wrong, and you know it.",
    "I was nervous at first. " * 12,
    "The train was late again, and nobody told us why. " * 25,
    "word " * 600,
    "אני אוהב את זה",
    "Très déçu",
    "love \u0301\u0301\u0301 \0 \ufffd",
]
BAD_DOCUMENTS = [{}, {"comment": ""}, {"inputs": []}, {"comment": "a" * 10_001}, [], None]
ROUNDS = 8


@pytest.fixture(scope="module")
def alone(service):
    """Each comment's label and scores, asked one after another with nothing beside them."""
    probe = Probe(service)
    return {
        comment: (
            probe.label(comment),
            {taxonomy: probe.scores(comment, taxonomy=taxonomy) for taxonomy in Taxonomy},
        )
        for comment in COMMENTS
    }


def ask_at_once(service, ask, work):
    """``ask(probe, item)`` for each item of ``work``, by 16 threads with a probe each."""
    threads = 16
    shares = [work[n::threads] for n in range(threads)]

    def ask_all(share):
        probe = Probe(service)
        return [(item, ask(probe, item)) for item in share]

    with ThreadPoolExecutor(threads) as pool:
        return [pair for pairs in pool.map(ask_all, shares) for pair in pairs]


def test_labels_are_the_same_alone_and_among_others_good_and_bad(service, alone):
    work = [{"comment": comment} for comment in COMMENTS * ROUNDS] + BAD_DOCUMENTS * ROUNDS
    random.Random(1).shuffle(work)
    for document, reply in ask_at_once(service, Probe.ask, work):
        if document in BAD_DOCUMENTS:
            assert reply.status_code in (400, 413)
        else:
            label, _ = alone[document["comment"]]
            assert reply.json() == {"success": True, "prediction": label}


@pytest.mark.parametrize("taxonomy", Taxonomy)
def test_scores_are_the_same_alone_and_among_others(service, alone, taxonomy):
    work = COMMENTS * ROUNDS
    random.Random(2).shuffle(work)
    replies = ask_at_once(
        service, lambda probe, comment: probe.scores(comment, taxonomy=taxonomy), work
    )
    for comment, scores in replies:
        assert scores == pytest.approx(alone[comment][1][taxonomy], abs=1e-4)


def test_scores_are_the_same_alone_and_in_one_request(probe, alone):
    shuffled = random.Random(3).sample(COMMENTS, len(COMMENTS))
    document = {"inputs": shuffled * 3, "parameters": {"top_k": None}}
    for comment, pairs in zip(shuffled * 3, probe.ask(document).json(), strict=True):
        scores = {pair["label"]: pair["score"] for pair in pairs}
        assert scores == pytest.approx(alone[comment][1][Taxonomy.SERVED], abs=1e-4)
