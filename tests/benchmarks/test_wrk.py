import json
from contextlib import contextmanager

import pytest
from aiohttp import web

from benchmarks.errors import BenchmarkError, ContenderError
from benchmarks.load.wrk import load, read_measurement, require_wrk
from tests.benchmarks.commands import needs_wrk
from tests.benchmarks.servers import server

FIGURES = {
    "requests": 100,
    "seconds": 2.0,
    "refused": 0,
    "broken": 0,
    "timeouts": 0,
    "mean_ms": 5.0,
    "p50_ms": 4.0,
    "p90_ms": 8.0,
    "p99_ms": 9.0,
    "max_ms": 9.5,
}


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


@needs_wrk
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


@needs_wrk
def test_a_refusal_is_an_error_and_no_comment_answered(bodies):
    with answering(503) as (url, _):
        measurement = load(url, bodies, clients=4, seconds=1)
    assert measurement.comments == 0
    assert measurement.errors > 0
    assert measurement.per_second == 0


@needs_wrk
def test_that_nobody_listens_is_told(bodies, free_ports):
    (port,) = free_ports(1)
    with pytest.raises(ContenderError, match="Connection refused"):
        load(f"http://127.0.0.1:{port}/predict", bodies, clients=1, seconds=1)


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
