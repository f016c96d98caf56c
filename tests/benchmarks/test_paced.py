import asyncio
import threading

import pytest
from aiohttp import web

from benchmarks.paced import Answer, load_paced, summarise
from tests.benchmarks.servers import server


def test_a_request_does_not_wait_for_the_answer_to_another():
    waiting, came = [], threading.Event()

    async def answer(_request):
        own = asyncio.get_running_loop().create_future()
        waiting.append(own)
        if len(waiting) == 20:
            came.set()
            for each in waiting:
                each.set_result(None)
        await own
        return web.json_response({})

    with server(answer) as url:
        measurement = load_paced(url, [b"{}"], per_second=40, seconds=0.5, seed=1)
    assert came.is_set()  # all twenty were there before one was answered
    assert measurement.comments == 20
    assert measurement.errors == 0


def test_a_refusal_is_an_error():
    async def answer(_request):
        return web.json_response({}, status=503)

    with server(answer) as url:
        measurement = load_paced(url, [b"{}"], per_second=40, seconds=0.5, seed=1)
    assert measurement.comments == 0
    assert measurement.errors == 20


def test_the_bodies_are_sent_in_turn():
    came = []

    async def answer(request):
        came.append(await request.read())
        return web.json_response({})

    with server(answer) as url:
        load_paced(url, [b"1", b"2", b"3"], per_second=60, seconds=0.5, seed=1)
    assert sorted(came) == sorted([b"1", b"2", b"3"] * 10)


def test_latency_counts_from_when_a_request_was_due_not_from_when_it_was_sent():
    answers = [Answer(due=1.0, sent=1.5, ended=1.6, ok=True)]
    measurement = summarise(answers, per_second=1)
    assert measurement.p50_ms == pytest.approx(600)
    assert measurement.generator_p99_ms == pytest.approx(500)


def test_the_answered_rate_falls_behind_the_offered_one_where_answers_come_late():
    answers = [Answer(n / 100, n / 100, n / 50, ok=True) for n in range(101)]
    measurement = summarise(answers, per_second=100)
    assert measurement.answered_per_second == pytest.approx(50, rel=0.02)
