"""The comments, their lengths, and the loads of an open and of a closed loop."""

import asyncio
import json
import threading
from contextlib import contextmanager

import psutil
import pytest
from aiohttp import web
from tokenizers import Tokenizer

from archive.inputs import REPOSITORY
from benchmarks.contenders.torchserve import delivered_properties
from benchmarks.errors import BenchmarkError, ContenderError
from benchmarks.load.measurement import Measurement, memory_of, with_costs
from benchmarks.load.paced import PacedRequest, load_paced, summarise_paced
from benchmarks.load.workload import comments_of_tokens, load_workload, write_bodies
from benchmarks.load.wrk import load, read_measurement, require_wrk
from scripts.flood import flood, largest_body

TOKENIZER = REPOSITORY / "model" / "tokenizer.json"

FIGURES = (
    {"requests": 100, "seconds": 2.0}
    | dict.fromkeys(("refused", "broken", "timeouts"), 0)
    | dict.fromkeys(("mean_ms", "p50_ms", "p90_ms", "p99_ms", "max_ms"), 5.0)
)


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


@contextmanager
def server(answer, **settings):
    """A server that answers by `answer`, in a thread of its own; yields its URL."""
    loop = asyncio.new_event_loop()
    app = web.Application(**settings)
    app.router.add_post("/predict", answer)
    runner = web.AppRunner(app)

    async def start():
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()

    loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    (address,) = runner.addresses
    yield f"http://127.0.0.1:{address[1]}/predict"
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(timeout=30)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


class Gathering:
    """Answers no request before so many are there; ``status`` is of a request's number, from 0."""

    def __init__(self, count, status):
        self._count, self._status = count, status
        self._waiting = []

    async def answer(self, request):
        number, own = len(self._waiting), asyncio.get_running_loop().create_future()
        self._waiting.append(own)
        await request.read()
        if len(self._waiting) == self._count:
            for each in self._waiting:
                each.set_result(None)
        await own
        if (status := self._status(number)) is None:
            request.transport.abort()  # a connection that breaks
        return web.json_response({}, status=status or 200)


def test_a_request_does_not_wait_for_the_answer_to_another():
    with server(Gathering(20, lambda number: 200).answer) as url:
        found = load_paced(url, [b"{}"], per_second=40, seconds=0.5, seed=1)
    assert (found.comments, found.errors) == (20, 0)


def test_the_bodies_are_sent_in_turn_and_a_refusal_is_an_error():
    came = []

    async def answer(request):
        came.append(await request.read())
        return web.json_response({}, status=503)

    with server(answer) as url:
        found = load_paced(url, [b"1", b"2", b"3"], per_second=60, seconds=0.5, seed=1)
    assert sorted(came) == sorted([b"1", b"2", b"3"] * 10)
    assert (found.comments, found.errors) == (0, 30)


def test_latency_counts_from_when_a_request_was_due_and_the_rate_from_when_answers_came():
    found = summarise_paced([PacedRequest(due=1.0, sent=1.5, ended=1.6, outcome="200")], 1)
    assert found.p50_ms == pytest.approx(600)
    assert found.generator_p99_ms == pytest.approx(500)
    requests = [PacedRequest(n / 100, n / 100, n / 50, "200") for n in range(101)]
    assert summarise_paced(requests, 100).answered_per_second == pytest.approx(50, rel=0.02)


def test_the_largest_body_is_as_long_as_the_configuration_lets_through():
    assert len(largest_body()) == int(delivered_properties()["max_request_size"])


def test_a_flood_has_all_bodies_under_way_at_once_and_counts_each_outcome():
    gathering = Gathering(30, lambda number: {0: None, 1: 500}.get(number, 413))
    with server(gathering.answer) as url:
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


@contextmanager
def answering(status):
    """A server that answers all with ``status``; yields its URL and the bodies that come."""
    bodies = []

    async def answer(request):
        bodies.append(await request.text())
        return web.Response(status=status, text="{}")

    with server(answer) as url:
        yield url, bodies


@pytest.fixture
def bodies(tmp_path):
    file = tmp_path / "bodies"
    file.write_text("".join(json.dumps({"comment": f"number {n}"}) + "\n" for n in range(7)))
    return file


@pytest.mark.usefixtures("wrk")
def test_one_client_posts_the_bodies_in_their_order_over_and_over(bodies):
    with answering(200) as (url, came):
        measurement = load(url, bodies, clients=1, seconds=1)
    lines = bodies.read_text().splitlines()
    assert len(came) > len(lines)
    first = lines.index(came[0])  # wrk asks its script for one request before it sends any
    assert came == [lines[(first + index) % len(lines)] for index in range(len(came))]
    assert measurement.errors == 0
    assert 0 < measurement.p50_ms <= measurement.p99_ms <= measurement.max_ms
    assert measurement.comments == pytest.approx(len(came), abs=1)  # one may be under way


@pytest.mark.usefixtures("wrk")
def test_a_refusal_is_an_error_and_no_comment_answered_and_that_nobody_listens_is_told(bodies):
    with answering(503) as (url, _):
        measurement = load(url, bodies, clients=4, seconds=1)
    assert measurement.comments == measurement.per_second == 0
    assert measurement.errors > 0
    with pytest.raises(ContenderError, match="Connection refused"):
        load(url, bodies, clients=1, seconds=1)  # it has ended


def test_the_rate_counts_what_was_answered():
    printed = f"Running 2s test\n{json.dumps({**FIGURES, 'refused': 20, 'broken': 3})}\n"
    measurement = read_measurement(printed, "", clients=16)
    assert measurement.comments == 80
    assert measurement.errors == 23
    assert measurement.per_second == 40


@pytest.mark.parametrize("printed", ["", "unable to connect\n", "Running\n{\n"])
def test_without_figures_the_reason_is_told(printed):
    with pytest.raises(ContenderError, match="wrk gave no figures: unable to resolve"):
        read_measurement(printed, "unable to resolve\n", clients=1)


def test_a_missing_wrk_is_told_with_where_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BenchmarkError, match="apt-get install wrk"):
        require_wrk()
