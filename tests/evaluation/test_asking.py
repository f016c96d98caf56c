"""Comments are drawn once each, put to a service, and counted even if the service goes away."""

import pytest

from evaluation.asking import CountError, ask_all, draw
from evaluation.dataset import Comment
from goemotions.errors import GoEmotionsError

COMMENTS = [Comment(f"comment {number}", (27,), f"id{number}") for number in range(100)]


def test_all_takes_every_comment_as_it_comes():
    assert draw(COMMENTS, "all", seed=1) == COMMENTS


def test_no_comment_is_drawn_twice():
    assert len({comment.id for comment in draw(COMMENTS, "99", seed=1)}) == 99


def test_the_same_seed_draws_the_same_comments_and_another_one_others():
    assert draw(COMMENTS, "10", seed=1) == draw(COMMENTS, "10", seed=1)
    assert draw(COMMENTS, "10", seed=1) != draw(COMMENTS, "10", seed=2)


@pytest.mark.parametrize("count", ["0", "-1", "101", "many", "1.5", "", "ALL"])
def test_a_count_that_can_not_be_drawn_is_refused_with_what_can(count):
    with pytest.raises(CountError, match="from 1 to 100, or all"):
        draw(COMMENTS, count, seed=1)


def test_every_comment_is_asked_once_and_measured_by_its_own_answer():
    asked = ask_all(lambda text: "neutral" if text.endswith("7") else "joy", COMMENTS, 4)
    assert sorted(asked.comments, key=COMMENTS.index) == COMMENTS
    assert asked.ended_by is None
    assert asked.measure().hits.count == 10


@pytest.mark.parametrize("error", [GoEmotionsError("gone"), KeyboardInterrupt()])
def test_what_was_answered_before_an_end_is_kept(error):
    def predict(text):
        if text == "comment 50":
            raise error
        return "neutral"

    asked = ask_all(predict, COMMENTS, concurrency=1)
    assert type(asked.ended_by) is type(error)
    assert 0 < len(asked.labels) == len(asked.comments) < 100
    assert asked.measure().hits.rate == 1
