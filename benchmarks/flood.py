"""The largest bodies that the service takes, many at once: what its memory has to hold.

``python -m benchmarks.flood 64`` asks the running service, and tells how it was answered: each body
is a comment that is too long, so that everything but 413 says that the memory did not suffice.
"""

import asyncio
import json
from collections import Counter
from typing import Annotated, Final

import aiohttp
import typer
from rich.console import Console

from benchmarks.setup import REPOSITORY
from benchmarks.sweep.setting import property_of
from service.instance import Instance
from terminal.ending import FAILED

_REFUSED: Final = "413"
_PATIENCE_SECONDS: Final = 300.0
_HEADERS: Final = {"Content-Type": "application/json"}


def main(
    count: Annotated[int, typer.Argument(min=1, help="Bodies at once.")],
) -> None:
    """Send COUNT bodies at once; 0 when each was refused with 413, 1 otherwise."""
    outcomes = asyncio.run(flood(Instance.from_env().prediction_url, largest_body(), count))
    out = Console(highlight=False)
    for outcome, times in outcomes.most_common():
        out.print(f"{times:>6,} x {outcome}", markup=False)
    raise typer.Exit(0 if outcomes.keys() == {_REFUSED} else FAILED)


def largest_body() -> bytes:
    """A comment whose body has as many bytes as ``max_request_size`` lets through."""
    properties = (REPOSITORY / "config.properties").read_text(encoding="utf-8")
    size = int(property_of(properties, "max_request_size"))
    around = len(json.dumps({"comment": ""}))
    return json.dumps({"comment": "x" * (size - around)}).encode()


async def flood(url: str, body: bytes, count: int) -> Counter[str]:
    """How often each status, or kind of error, came of ``count`` posts of ``body`` at once."""
    timeout = aiohttp.ClientTimeout(total=_PATIENCE_SECONDS)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
        posts = [_post(session, url, body) for _ in range(count)]
        return Counter(await asyncio.gather(*posts))


async def _post(session: aiohttp.ClientSession, url: str, body: bytes) -> str:
    try:
        async with session.post(url, data=body, headers=_HEADERS) as reply:
            await reply.read()
            return str(reply.status)
    except (aiohttp.ClientError, TimeoutError) as error:
        return type(error).__name__


if __name__ == "__main__":
    typer.run(main)
