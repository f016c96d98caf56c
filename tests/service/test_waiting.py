"""The one wait loop."""

import pytest

from service.waiting import wait_until


def test_it_ends_with_the_first_answer_that_is_true():
    answers = iter([0, None, "", "here", "more"])
    assert wait_until(lambda: next(answers), seconds=600, pause_seconds=0) == "here"


def test_it_asks_once_even_without_time_and_gives_the_last_answer():
    assert wait_until(list, seconds=0) == []
    assert wait_until(lambda: [1], seconds=0) == [1]


def test_what_the_question_raises_ends_the_wait():
    with pytest.raises(ZeroDivisionError):
        wait_until(lambda: 1 / 0, seconds=600)
