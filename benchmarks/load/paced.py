"""Open-loop load: requests come at their own times, whether or not earlier ones are answered."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import aiohttp
import numpy as np

_PATIENCE_SECONDS: Final = 20.0
_HEADERS: Final = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class PacedMeasurement:
    """The outcome of requests at ``offered_per_second``, with random times between them.

    Latency counts from the time at which a request was due, so that a wait in the client is not
    hidden. ``generator_p99_ms`` is how late the client itself was: a figure near ``p99_ms`` says
    that the client, not the service, was measured.
    """

    offered_per_second: float
    answered_per_second: float
    comments: int
    errors: int
    p50_ms: float
    p90_ms: float
    p99_ms: float
    generator_p99_ms: float


@dataclass(frozen=True, slots=True)
class PacedRequest:
    """When one request was due, was sent and was answered, in seconds of one clock.

    ``outcome`` is the reply's status, or the kind of error.
    """

    due: float
    sent: float
    ended: float
    outcome: str


def load_paced(
    url: str, bodies: Sequence[bytes], per_second: float, seconds: float, seed: int
) -> PacedMeasurement:
    """Post ``bodies`` in order at ``per_second`` on average for ``seconds`` (a Poisson process)."""
    gaps = np.random.default_rng(seed).exponential(1 / per_second, int(per_second * seconds))
    due = np.cumsum(gaps).tolist()
    return summarise_paced(asyncio.run(send_all(url, bodies, due)), per_second)


def summarise_paced(requests: Sequence[PacedRequest], per_second: float) -> PacedMeasurement:
    """The figures of one load; ``requests`` in order of their times."""
    took_ms = np.array([(each.ended - each.due) * 1000 for each in requests])
    late_ms = np.array([(each.sent - each.due) * 1000 for each in requests])
    p50, p90, p99 = np.percentile(took_ms, [50, 90, 99])
    answered = sum(each.outcome == "200" for each in requests)
    seconds = max(each.ended for each in requests) - min(each.due for each in requests)
    return PacedMeasurement(
        offered_per_second=per_second,
        answered_per_second=answered / seconds,
        comments=answered,
        errors=len(requests) - answered,
        p50_ms=float(p50),
        p90_ms=float(p90),
        p99_ms=float(p99),
        generator_p99_ms=float(np.percentile(late_ms, 99)),
    )


async def send_all(
    url: str,
    bodies: Sequence[bytes],
    due: Sequence[float],
    patience_seconds: float = _PATIENCE_SECONDS,
) -> list[PacedRequest]:
    """Post ``bodies`` in order, over and over, one at each of the times ``due``, in seconds."""
    timeout = aiohttp.ClientTimeout(total=patience_seconds)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
        start = time.perf_counter()

        async def send_at(due_at: float, body: bytes) -> PacedRequest:
            await asyncio.sleep(start + due_at - time.perf_counter())
            sent = time.perf_counter()
            try:
                async with session.post(url, data=body, headers=_HEADERS) as reply:
                    await reply.read()
                    outcome = str(reply.status)
            except (aiohttp.ClientError, TimeoutError) as error:
                outcome = type(error).__name__
            return PacedRequest(start + due_at, sent, time.perf_counter(), outcome)

        sending = [send_at(due_at, bodies[index % len(bodies)]) for index, due_at in enumerate(due)]
        return await asyncio.gather(*sending)
