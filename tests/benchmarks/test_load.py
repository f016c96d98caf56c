"""The comments, their lengths, and the load of an open loop."""

import asyncio
import json
import threading

import psutil
import pytest
from aiohttp import web
from tokenizers import Tokenizer

from archive.inputs import REPOSITORY
from benchmarks.contenders.torchserve import delivered_properties
from benchmarks.errors import BenchmarkError
from benchmarks.load.measurement import Measurement, memory_of, with_costs
from benchmarks.load.paced import PacedRequest, load_paced, summarise_paced
from benchmarks.load.workload import comments_of_tokens, load_workload, write_bodies
from scripts.flood import flood, largest_body
from tests.benchmarks.servers import server

TOKENIZER = REPOSITORY / "model" / "tokenizer.json"


@pytest.fixture(autouse=True)
def _bundled(monkeypatch):
    monkeypatch.delenv("GOEMOTIONS_DIR", raising=False)


def test_a_seed_gives_the_same_order_each_time_and_another_seed_another():
    first, second, other = load_workload(1), load_workload(1), load_workload(2)
    assert first == second
    assert first.comments != other.comments
    assert sorted(first.comments) == sorted(other.comments)


def test_each_comment_is_one_line_of_the_bodies_whatever_it_holds(tmp_path):
    comments = ['a "quote"', "two\nlines", "a\u2028separator", "\U0001f600", "back\\slash"]
    file = write_bodies(tmp_path / "bodies", comments, lambda comment: {"comment": comment})
    lines = file.read_bytes().split(b"\n")
    assert lines.pop() == b""
    assert [json.loads(line)["comment"] for line in lines] == comments


@pytest.mark.parametrize("tokens", [3, 8, 64, 256])
def test_each_text_is_read_as_so_many_tokens(tokens):
    texts = comments_of_tokens(TOKENIZER, load_workload(1).comments, tokens, count=20)
    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    assert [len(tokenizer.encode(text)) for text in texts] == [tokens] * 20
    assert len(set(texts)) > 1


def test_too_few_texts_are_told():
    with pytest.raises(BenchmarkError, match="1 of 20 texts of 8 tokens"):
        comments_of_tokens(TOKENIZER, ["I love this so very much"], 8, count=20)


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
        found = load_paced(url, [b"{}"], per_second=40, seconds=0.5, seed=1)
    assert came.is_set()  # all twenty were there before one was answered
    assert found.comments == 20
    assert found.errors == 0


def test_the_bodies_are_sent_in_turn_and_a_refusal_is_an_error():
    came = []

    async def answer(request):
        came.append(await request.read())
        return web.json_response({}, status=503)

    with server(answer) as url:
        found = load_paced(url, [b"1", b"2", b"3"], per_second=60, seconds=0.5, seed=1)
    assert sorted(came) == sorted([b"1", b"2", b"3"] * 10)
    assert (found.comments, found.errors) == (0, 30)


def test_latency_counts_from_when_a_request_was_due_not_from_when_it_was_sent():
    found = summarise_paced([PacedRequest(due=1.0, sent=1.5, ended=1.6, outcome="200")], 1)
    assert found.p50_ms == pytest.approx(600)
    assert found.generator_p99_ms == pytest.approx(500)


def test_the_answered_rate_falls_behind_the_offered_one_if_answers_come_late():
    requests = [PacedRequest(n / 100, n / 100, n / 50, "200") for n in range(101)]
    assert summarise_paced(requests, 100).answered_per_second == pytest.approx(50, rel=0.02)


def test_the_largest_body_is_as_long_as_the_configuration_lets_through():
    assert len(largest_body()) == int(delivered_properties()["max_request_size"])


def test_a_flood_has_all_bodies_under_way_at_once_and_counts_each_outcome():
    waiting = []

    async def answer(request):
        number = len(waiting)
        own = asyncio.get_running_loop().create_future()
        waiting.append(own)
        await request.read()
        if len(waiting) == 30:
            for each in waiting:
                each.set_result(None)
        await own
        if number == 0:
            request.transport.abort()  # a connection that breaks
        return web.json_response({}, status=500 if number == 1 else 413)

    with server(answer) as url:
        outcomes = flood(url, b"{}", 30)
    assert outcomes["413"] == 28
    assert outcomes["500"] == 1
    assert sum(outcomes.values()) == 30


def test_the_cost_of_a_load_is_that_of_each_comment():
    def spend():
        begun = psutil.Process().cpu_times().user
        while psutil.Process().cpu_times().user == begun:
            sum(range(100_000))
        return Measurement(1, 1.0, 1, 0, 1.0, 1.0, 1.0, 1.0, 1.0)

    found = with_costs(lambda: [psutil.Process()], cores=2, measure=spend)
    assert found.first_ms > 0
    assert found.rest_ms == 0
    assert found.busy > 0
    assert found.per_second == 1


def test_the_memory_of_processes_that_have_ended_is_none():
    class Ended:
        def memory_full_info(self):
            raise psutil.NoSuchProcess(0)

    own = memory_of([Ended(), psutil.Process()])
    assert own.processes == 1
    assert own.first_mib == own.resident_mib > 0
    assert memory_of([Ended()]).resident_mib == 0
