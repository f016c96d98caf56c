"""The measuring of one contender: its turn, its variants, and the growth of this service.

A turn: started, checked, warmed up, loaded, weighed, left idle, stopped.
"""

import json
import math
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from benchmarks.comparison.plan import GROWTH_CLIENTS, TRIAL_CLIENTS, BenchPlan
from benchmarks.contenders.bare import labels_of, load_classifier
from benchmarks.contenders.contender import Contender, Options, Running
from benchmarks.contenders.program import COMMENT_FORM
from benchmarks.contenders.setup import Setup
from benchmarks.contenders.torchserve import TorchServe, serve
from benchmarks.errors import ContenderError
from benchmarks.load.measurement import Measurement, idle_percent, memory_of, with_costs
from benchmarks.load.paced import load_paced
from benchmarks.load.workload import comments_of_tokens, write_bodies
from benchmarks.report.record import Growth, Turn
from service.management import Management

_GROWTH_TEXTS: Final = 100
_WARM_UP_SECONDS: Final = 2
# Of many clients of a slow contender each should be answered a few times, or the slowest answers
# would be those that never came.
_ANSWERS_EACH: Final = 2.5
_LONGEST_SECONDS: Final = 30

_CHECKED: Final = 100
# Runtimes round differently, so a label may flip if two scores are all but equal.
_LEAST_SHARE: Final = 0.97


@dataclass(frozen=True, slots=True)
class Reference:
    """Comments, and the label that the archive's own encoder gives to each."""

    comments: Sequence[str]
    labels: Sequence[str]

    @classmethod
    def of(cls, setup: Setup) -> "Reference":
        """The reference for the first comments of the workload."""
        comments = setup.workload.comments[:_CHECKED]
        classifier = load_classifier(setup.unpacked, setup.settings)
        return cls(comments, labels_of(classifier, comments))

    def agreement(self, running: Running) -> float:
        """The share of equal labels, 0 to 1; raises ``ContenderError`` if it is too small."""
        answers = running.labels(self.comments)
        pairs = list(zip(self.comments, self.labels, answers, strict=True))
        wrong = [pair for pair in pairs if pair[1] != pair[2]]
        share = 1 - len(wrong) / len(pairs)
        if share < _LEAST_SHARE:
            comment, label, answer = wrong[0]
            raise ContenderError(
                f"it answers {len(wrong)} of {len(pairs)} comments otherwise than the model: "
                f"{comment!r} with {answer} in place of {label}"
            )
        return share


def take_turn(
    contender: Contender,
    options: Options,
    setup: Setup,
    plan: BenchPlan,
    reference: Reference,
    number: int,
) -> Generator[Turn, None, None]:
    """Measure ``contender`` once at each number of clients; ``number`` is 1 for its first turn.

    Yields the turn as it is once the contender has answered rightly, and again after each load, so
    that a turn broken off is not lost. Raises ``GoEmotionsError`` if the contender does not start,
    answers wrongly or leaves a process.
    """
    begun = time.monotonic()
    with contender.launch(setup, options) as running:
        start_seconds = time.monotonic() - begun
        turn = Turn(start_seconds, reference.agreement(running) if contender.predicts else None)
        yield turn
        rate = _warm_up(running, plan).per_second
        for clients in plan.clients:
            seconds = long_enough(clients, rate, plan.seconds)
            measure = partial(_measure, running, clients, seconds)
            measurement = with_costs(running.processes, setup.cores, measure)
            turn = replace(turn, measurements=(*turn.measurements, measurement))
            rate = measurement.per_second
            yield turn
        idle = contender.idle and number == 1
        yield replace(
            turn,
            memory=memory_of(running.processes()),
            idle_percent=idle_percent(running.processes, plan.idle_seconds) if idle else None,
        )


def try_variant(
    contender: Contender, options: Options, setup: Setup, plan: BenchPlan
) -> Measurement:
    """A variant of ``contender`` under 16 clients; raises as ``take_turn``."""
    with contender.launch(setup, options) as running:
        _warm_up(running, plan)
        return running.measure(TRIAL_CLIENTS, plan.seconds)


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
            Management(server.record.instance).scale(workers)
            server.measure(GROWTH_CLIENTS, 1)
            load = server.measure(GROWTH_CLIENTS, plan.seconds)
            growth = replace(growth, by_workers={**growth.by_workers, workers: load})
            yield growth, f"{workers} workers: {load.per_second:,.0f}/s"


def long_enough(clients: int, per_second: float, seconds: int) -> int:
    """``seconds``, or more if ``clients`` need it to be answered at ``per_second``."""
    if not per_second:
        return seconds
    needed = math.ceil(_ANSWERS_EACH * clients / per_second)
    return min(max(seconds, needed), _LONGEST_SECONDS)


def _measure(running: Running, clients: int, seconds: int) -> Measurement:
    """As ``running.measure``, for longer if so little time brought no answer at all.

    Raises ``ContenderError`` if half a minute brings none either.
    """
    measurement = running.measure(clients, seconds)
    while not measurement.comments and seconds < _LONGEST_SECONDS:
        seconds = min(4 * seconds, _LONGEST_SECONDS)
        measurement = running.measure(clients, seconds)
    if not measurement.comments:
        raise ContenderError(f"it answered nothing to {clients} clients in {seconds} s")
    return measurement


def _warm_up(running: Running, plan: BenchPlan) -> Measurement:
    return running.measure(TRIAL_CLIENTS, min(plan.seconds, _WARM_UP_SECONDS))


def _measure_length(setup: Setup, plan: BenchPlan, server: TorchServe, tokens: int) -> Measurement:
    tokenizer, comments = setup.unpacked / "tokenizer.json", setup.workload.comments
    texts = comments_of_tokens(tokenizer, comments, tokens, _GROWTH_TEXTS)
    bodies = write_bodies(setup.folder / f"{tokens}-tokens.bodies", texts, COMMENT_FORM.body)
    return replace(server, bodies=bodies).measure(GROWTH_CLIENTS, plan.seconds)
