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
    """What came of requests at ``offered_per_second``, with times between them as by chance.

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
class Answer:
    """One request: when it was due, was sent and was answered, in seconds of one clock."""

    due: float
    sent: float
    ended: float
    ok: bool


def load_paced(
    url: str, bodies: Sequence[bytes], per_second: float, seconds: float, seed: int
) -> PacedMeasurement:
    """Post ``bodies`` in order at ``per_second`` on average for ``seconds`` (a Poisson process)."""
    gaps = np.random.default_rng(seed).exponential(1 / per_second, int(per_second * seconds))
    due = np.cumsum(gaps).tolist()
    return summarise(asyncio.run(_send_all(url, bodies, due)), per_second)


def summarise(answers: Sequence[Answer], per_second: float) -> PacedMeasurement:
    """The figures of one load; ``answers`` in order of their times."""
    took_ms = np.array([(each.ended - each.due) * 1000 for each in answers])
    late_ms = np.array([(each.sent - each.due) * 1000 for each in answers])
    p50, p90, p99 = np.percentile(took_ms, [50, 90, 99])
    answered = sum(each.ok for each in answers)
    seconds = max(each.ended for each in answers) - min(each.due for each in answers)
    return PacedMeasurement(
        offered_per_second=per_second,
        answered_per_second=answered / seconds,
        comments=answered,
        errors=len(answers) - answered,
        p50_ms=float(p50),
        p90_ms=float(p90),
        p99_ms=float(p99),
        generator_p99_ms=float(np.percentile(late_ms, 99)),
    )


async def _send_all(url: str, bodies: Sequence[bytes], due: Sequence[float]) -> list[Answer]:
    timeout = aiohttp.ClientTimeout(total=_PATIENCE_SECONDS)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
        start = time.perf_counter()

        async def send_at(due_at: float, body: bytes) -> Answer:
            await asyncio.sleep(start + due_at - time.perf_counter())
            sent = time.perf_counter()
            try:
                async with session.post(url, data=body, headers=_HEADERS) as reply:
                    await reply.read()
                    ok = reply.ok
            except (aiohttp.ClientError, TimeoutError):
                ok = False
            return Answer(start + due_at, sent, time.perf_counter(), ok)

        sending = [send_at(due_at, bodies[index % len(bodies)]) for index, due_at in enumerate(due)]
        return await asyncio.gather(*sending)
