"""The growth of this service: with a comment's length, its workers and the rate of requests."""

import json
from collections.abc import Generator
from dataclasses import replace
from typing import Final

from benchmarks.comparison.plan import GROWTH_CLIENTS, BenchPlan
from benchmarks.contenders.own_service import TorchServe, serve
from benchmarks.contenders.program import COMMENT_FORM
from benchmarks.contenders.setup import Setup
from benchmarks.load.measurement import Measurement
from benchmarks.load.paced import load_paced
from benchmarks.load.workload import comments_of_tokens, write_bodies
from benchmarks.report.record import Growth

_TEXTS: Final = 100


def measure_growth(
    setup: Setup, plan: BenchPlan, seed: int
) -> Generator[tuple[Growth, str], None, None]:
    """Yields what was found so far after each load, with a line that tells of the load.

    Raises ``GoEmotionsError``.
    """
    growth = Growth()
    with serve(setup, setup.archive, "growth") as server:
        saturated = server.measure(GROWTH_CLIENTS, plan.seconds)  # warms it up, too
        for tokens in plan.tokens:
            load = _measure_length(setup, plan, server, tokens)
            growth = replace(growth, by_tokens={**growth.by_tokens, tokens: load})
            yield growth, f"{tokens} tokens a comment: {load.per_second:,.0f}/s"
        bodies = [
            json.dumps(COMMENT_FORM.body(comment)).encode() for comment in setup.workload.comments
        ]
        for share in plan.offered:
            rate = share * saturated.per_second
            paced = load_paced(server.url, bodies, rate, plan.seconds + 2, seed)
            growth = replace(growth, by_rate=(*growth.by_rate, paced))
            latency = f"p50 {paced.p50_ms:,.0f} ms, p99 {paced.p99_ms:,.0f} ms"
            yield growth, f"{rate:,.0f} requests/s offered: {latency}"
        for workers in range(1, setup.cores + 1):
            server.scale(workers)
            server.measure(GROWTH_CLIENTS, 1)
            load = server.measure(GROWTH_CLIENTS, plan.seconds)
            growth = replace(growth, by_workers={**growth.by_workers, workers: load})
            yield growth, f"{workers} workers: {load.per_second:,.0f}/s"


def _measure_length(setup: Setup, plan: BenchPlan, server: TorchServe, tokens: int) -> Measurement:
    tokenizer, comments = setup.unpacked / "tokenizer.json", setup.workload.comments
    texts = comments_of_tokens(tokenizer, comments, tokens, _TEXTS)
    bodies = write_bodies(setup.folder / f"{tokens}-tokens.bodies", texts, COMMENT_FORM.body)
    return replace(server, bodies=bodies).measure(GROWTH_CLIENTS, plan.seconds)
