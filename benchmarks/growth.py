"""How this service grows: with a comment's length, with its workers, with the rate of requests."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from benchmarks.http_server import COMMENT_FORM
from benchmarks.lengths import comments_of_tokens
from benchmarks.measurement import Measurement
from benchmarks.own_service import TorchServe, serve
from benchmarks.paced import PacedMeasurement, load_paced
from benchmarks.plan import GROWTH_CLIENTS, Plan
from benchmarks.setup import Setup
from benchmarks.workload import write_bodies

_TEXTS: Final = 100


@dataclass(frozen=True, slots=True)
class Growth:
    """Measurements by tokens of a comment, by workers, and by offered rate; each may be partial."""

    by_tokens: dict[int, Measurement]
    by_workers: dict[int, Measurement]
    by_rate: list[PacedMeasurement]


def measure_growth(
    setup: Setup, plan: Plan, growth: Growth, seed: int, tell: Callable[[str], None]
) -> None:
    """Fill ``growth``, one measurement after another, each told of; raises ``GoEmotionsError``."""
    with serve(setup, setup.archive, "growth") as server:
        saturated = server.measure(GROWTH_CLIENTS, plan.seconds)  # warms it up, too
        for tokens, measurement in _by_tokens(setup, plan, server):
            growth.by_tokens[tokens] = measurement
            tell(f"{tokens} tokens a comment: {measurement.per_second:,.0f}/s")
        bodies = [
            json.dumps(COMMENT_FORM.body(comment)).encode() for comment in setup.workload.comments
        ]
        for share in plan.offered:
            rate = share * saturated.per_second
            paced = load_paced(server.url, bodies, rate, plan.seconds + 2, seed)
            growth.by_rate.append(paced)
            latency = f"p50 {paced.p50_ms:,.0f} ms, p99 {paced.p99_ms:,.0f} ms"
            tell(f"{rate:,.0f} requests/s offered: {latency}")
        for workers in range(1, setup.cores + 1):
            server.scale(workers)
            server.measure(GROWTH_CLIENTS, 1)
            growth.by_workers[workers] = server.measure(GROWTH_CLIENTS, plan.seconds)
            tell(f"{workers} workers: {growth.by_workers[workers].per_second:,.0f}/s")


def _by_tokens(setup: Setup, plan: Plan, server: TorchServe) -> Iterator[tuple[int, Measurement]]:
    for tokens in plan.tokens:
        texts = comments_of_tokens(
            setup.unpacked / "tokenizer.json", setup.workload.comments, tokens, _TEXTS
        )
        bodies = setup.folder / f"{tokens}-tokens.bodies"
        write_bodies(bodies, texts, COMMENT_FORM.body)
        yield tokens, server.measure_bodies(bodies, GROWTH_CLIENTS, plan.seconds)
