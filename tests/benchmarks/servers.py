"""A server of aiohttp for the tests of what sends requests."""

import asyncio
import threading
from contextlib import contextmanager

from aiohttp import web


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
