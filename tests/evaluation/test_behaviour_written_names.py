"""Names are written into comments whose names are masked, and what they change is counted."""

import pytest

from evaluation.behaviour.written_names import measure_written_names
from evaluation.dataset import Comment
from goemotions.taxonomy import SOURCE_LABELS
from tests.evaluation.word_classifier import WordClassifier

CLASSIFIER = WordClassifier(happy=("joy", 0.6), cid=("anger", 0.5))

COMMENTS = [
    Comment("[NAME] is happy", (SOURCE_LABELS.index("joy"),), "id1"),
    Comment("so [NAME] and [NAME]", (SOURCE_LABELS.index("neutral"),), "id2"),
    Comment("nobody", (0,), "id3"),
]


def test_names_are_written_into_the_comments_that_have_a_mask():
    classifier = WordClassifier()
    measure_written_names(classifier, COMMENTS, ["Ann", "Ben", "Cid", "Dee"])
    assert classifier.asked == [
        *("[NAME] is happy", "Ann is happy", "Ben is happy", "Cid is happy"),
        *("so [NAME] and [NAME]", "so Dee and Ann", "so Ann and Ben", "so Ben and Cid"),
    ]


def test_flips_and_hits_of_written_names_are_counted():
    # Of six namings two have Cid, who is met with anger; each is one of the three of its comment.
    names = measure_written_names(CLASSIFIER, COMMENTS, ["Ann", "Ben", "Cid", "Dee"])
    assert names.comments == 2
    assert names.flips_from_mask.rate == pytest.approx(2 / 6)
    assert names.flips_of_names.rate == pytest.approx(4 / 6)
    assert names.hits_masked.rate == 1
    assert names.hits_named.rate == pytest.approx(4 / 6)


def test_comments_without_a_mask_can_not_be_named():
    with pytest.raises(ValueError, match=r"none of 1 comments has \[NAME\]"):
        measure_written_names(CLASSIFIER, COMMENTS[2:], ["Ann"])
