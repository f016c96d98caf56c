"""Slices and mistakes, against counts by hand."""

import numpy as np
import pytest

from evaluation.quality_report.mistakes import (
    AMBIGUOUS,
    EMOTION_FOR_NEUTRAL,
    LISTED,
    NEUTRAL_FOR_EMOTION,
    OPPOSITE_SENTIMENT,
    SAME_SENTIMENT,
    find_mistakes,
    kind_of,
)
from evaluation.quality_report.slices import measure_slices, slice_members
from goemotions.taxonomy import LABELS, Taxonomy
from tests.evaluation.scored_rows import SPLIT, comment, random_comments, random_split, scored


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("1 to 4 words", "one two three four", "one two three four five"),
        ("5 to 8 words", "1 2 3 4 5", "1 2 3 4 5 6 7 8 9"),
        ("9 to 14 words", "1 2 3 4 5 6 7 8 9", "1 2 3 4 5 6 7 8"),
        ("21 words or more", "a " * 21, "a " * 20),
        ("question mark", "really?", "really."),
        ("exclamation mark", "really!", "really."),
        ("emoji", "nice 👍🏽", "nice :)"),
        ("[NAME]", "hi [NAME]", "hi NAME"),
        ("negation", "I don't know", "I know nothings"),
        ("negation", "he isn\u2019t", "knotty"),
        ("negation", "cannot", "notes"),
        ("profanity", "bullshit, really", "a class of passengers"),
        ("word in capitals", "this is GREAT", "this is LOL, [NAME]"),
    ],
)
def test_a_slice_takes_what_its_rule_says(name, inside, outside):
    assert slice_members([comment(inside), comment(outside)])[name].tolist() == [True, False]


def test_the_lengths_leave_no_comment_out():
    comments = [comment("word " * words) for words in range(1, 40)]
    members = slice_members(comments)
    counts = sum(rows.astype(int) for name, rows in members.items() if "words" in name)
    assert counts.tolist() == [1] * 39


def test_two_gold_labels_that_fold_into_one_are_one():
    comments = [comment(labels="fear sadness"), comment(labels="fear joy")]
    assert slice_members(comments)["several gold labels"].tolist() == [False, True]


def test_a_slice_is_measured_against_all_other_comments():
    comments = [comment("why?"), comment("why?"), comment(), comment(), comment()]
    found = {each.name: each for each in measure_slices(SPLIT, comments)}["question mark"]
    assert (found.hits.count, found.hits.of) == (2, 2)
    assert found.difference == pytest.approx(1 - 1 / 3)
    assert found.gap == pytest.approx((0.9 + 0.8) / 2 - 1)
    # 3 hits and 2 misses: both of the slice are hits in 3 of 10 draws, none or one otherwise.
    assert found.p_value == pytest.approx(4 / 10)


def test_a_slice_of_all_comments_has_no_others_and_an_empty_one_is_left_out():
    found = {each.name: each for each in measure_slices(SPLIT, [comment("why?")] * 5)}
    assert found["question mark"].difference is None
    assert "emoji" not in found


@pytest.mark.parametrize(
    ("gold", "answer", "kind"),
    [
        ("neutral", "joy", EMOTION_FOR_NEUTRAL),
        ("joy love", "neutral", NEUTRAL_FOR_EMOTION),
        ("joy", "love", SAME_SENTIMENT),
        ("anger neutral", "sadness", SAME_SENTIMENT),
        ("anger", "love", OPPOSITE_SENTIMENT),
        ("surprise", "love", AMBIGUOUS),
        ("anger", "curiosity", AMBIGUOUS),
        ("surprise", "curiosity", SAME_SENTIMENT),
        ("surprise joy", "love", SAME_SENTIMENT),
    ],
)
def test_a_mistake_has_a_kind(gold, answer, kind):
    assert kind_of(gold.split(), answer) == kind


def test_every_mistake_that_can_be_made_has_a_kind():
    assert all(kind_of({gold}, answer) for gold in LABELS for answer in LABELS if gold != answer)


def test_the_surest_mistakes_come_first_and_are_named_by_id():
    comments = [
        comment(labels=labels, id=f"id{row}")
        for row, labels in enumerate(["joy", "joy love", "excitement", "anger fear", "neutral"])
    ]
    mistakes = find_mistakes(SPLIT, comments)
    assert mistakes["of"] == 2
    assert mistakes["kinds"] == [{"name": NEUTRAL_FOR_EMOTION, "of_all": 2, "of_listed": 2}]
    one, other = mistakes["listed"]
    assert (one["id"], one["score"], one["source_gold"]) == ("id2", 0.7, ["excitement"])
    assert (other["id"], other["score"], other["gold"]) == ("id3", 0.6, ["anger", "sadness"])


def test_a_second_guess_that_is_gold_is_counted():
    split = scored(("joy", "love", 0.6), ("anger", "love", 0.6))
    split.scores[:, LABELS.index("joy")] = 0.2
    assert find_mistakes(split, [comment(), comment()])["second_right"] == 1


def test_no_more_mistakes_are_listed_than_asked_for_and_the_others_are_less_sure():
    comments = random_comments(400, seed=1)
    split = random_split(comments, seed=2)[Taxonomy.SERVED]
    mistakes = find_mistakes(split, comments)
    ids = [each["id"] for each in mistakes["listed"]]
    assert len(ids) == len(set(ids)) == LISTED < mistakes["of"]
    missed = np.sort(split.top_scores[~split.hits])[::-1]
    assert [each["score"] for each in mistakes["listed"]] == missed[:LISTED].tolist()


def test_a_model_without_a_mistake_has_none_to_list():
    mistakes = find_mistakes(SPLIT.take(np.arange(2)), [comment(), comment()])
    assert mistakes == {"of": 0, "listed": [], "second_right": 0, "kinds": []}
