import pytest

from evaluation.dataset import Comment
from scripts.accuracy import CountError, draw

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
