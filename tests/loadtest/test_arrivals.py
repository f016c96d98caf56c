"""An open load goes on while answers are awaited."""

from random import Random

import gevent
import pytest
from gevent.event import Event

from loadtest.traffic.arrivals import MOST_IN_FLIGHT, Arrivals, await_answers, count_in_flight


@pytest.fixture
def answer():
    """The answer that every request of a test waits for; it comes in any case."""
    event = Event()
    yield event
    event.set()
    await_answers(timeout_s=10)
    assert count_in_flight() == 0


def test_a_request_leaves_though_the_one_before_is_unanswered(answer):
    arrivals = Arrivals(0.1, Random(1))
    assert arrivals.send(answer.wait)
    assert arrivals.send(answer.wait)
    assert count_in_flight() == 2


def test_beyond_the_limit_a_request_is_not_sent_and_is_again_once_there_is_room(answer):
    arrivals = Arrivals(0.1, Random(1))
    assert all(arrivals.send(answer.wait) for _ in range(MOST_IN_FLIGHT))
    assert not arrivals.send(answer.wait)
    answer.set()
    await_answers(timeout_s=10)
    assert arrivals.send(answer.wait)


def test_a_request_that_fails_makes_room_too():
    arrivals = Arrivals(0.1, Random(1))

    def fail():
        raise gevent.GreenletExit

    for _ in range(2 * MOST_IN_FLIGHT):
        assert arrivals.send(fail)
        await_answers(timeout_s=10)


def test_users_of_one_rate_do_not_send_in_the_same_moment():
    waits = {round(Arrivals(1.0, Random(seed)).wait_s(), 2) for seed in range(50)}
    assert len(waits) > 25
    assert all(0 <= wait <= 2 for wait in waits)


def test_a_late_user_catches_up_and_the_rate_stays():
    arrivals = Arrivals(0.001, Random(1))
    gevent.sleep(0.05)
    assert [arrivals.wait_s() for _ in range(10)] == [0.0] * 10
