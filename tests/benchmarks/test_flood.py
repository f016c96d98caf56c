import asyncio

from aiohttp import web

from archive.inputs import REPOSITORY
from benchmarks.flood import flood, largest_body
from benchmarks.sweep.setting import property_of
from tests.benchmarks.servers import server


def test_the_largest_body_is_as_long_as_the_configuration_lets_through():
    properties = (REPOSITORY / "config.properties").read_text()
    assert len(largest_body()) == int(property_of(properties, "max_request_size"))


def test_all_bodies_are_under_way_at_once_and_each_outcome_is_counted():
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
        outcomes = asyncio.run(flood(url, b"{}", 30))
    assert outcomes["413"] == 28
    assert outcomes["500"] == 1
    assert sum(outcomes.values()) == 30
