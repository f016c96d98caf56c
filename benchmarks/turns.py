"""A contender's turn: started, checked, warmed up, loaded, weighed, stopped."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from benchmarks.agreement import Reference
from benchmarks.contender import Contender, Options, Running
from benchmarks.errors import ContenderError
from benchmarks.measurement import Measurement
from benchmarks.memory import Memory, memory_of
from benchmarks.plan import SWEEP_CLIENTS, Plan
from benchmarks.setup import Setup

_WARM_UP_SECONDS: Final = 2
# Of many clients of a slow contender each should be answered a few times, or the slowest answers
# would be those that never came.
_ANSWERS_EACH: Final = 2.5
_LONGEST_SECONDS: Final = 30


@dataclass(slots=True)
class Turn:
    """What one turn has given so far, so that one broken off is not lost.

    ``agreement`` is None for a contender that predicts nothing, ``memory`` until it was loaded.
    """

    start_seconds: float
    agreement: float | None
    measurements: list[Measurement] = field(default_factory=list)
    memory: Memory | None = None


def take_turn(
    contender: Contender,
    options: Options,
    setup: Setup,
    plan: Plan,
    reference: Reference,
    note: Callable[[Turn], None],
    tell: Callable[[str], None],
) -> None:
    """Measure ``contender`` once at each number of clients.

    Once it has answered rightly, ``note`` is given the turn, which is filled from then on. Raises
    ``GoEmotionsError`` where it does not start, answers wrongly or leaves a process.
    """
    begun = time.monotonic()
    with contender.launch(setup, options) as running:
        start_seconds = time.monotonic() - begun
        agreement = reference.agreement(running) if contender.predicts else None
        turn = Turn(start_seconds, agreement)
        note(turn)
        rate = _warm_up(running, plan).per_second
        for clients in plan.clients:
            seconds = long_enough(clients, rate, plan.seconds)
            measurement = measure_until_answered(running, clients, seconds)
            turn.measurements.append(measurement)
            rate = measurement.per_second
            tell(_in_words(measurement))
        turn.memory = memory_of(running.processes())


def find_best_options(
    contender: Contender,
    setup: Setup,
    plan: Plan,
    sweep: list[tuple[str, Options, Measurement]],
    tell: Callable[[str], None],
) -> Options:
    """The variant of ``contender`` that answers most to 16 clients; raises as ``take_turn``.

    What each variant gave is added to ``sweep``.
    """

    def measure(options: Options) -> float:
        with contender.launch(setup, options) as running:
            _warm_up(running, plan)
            measurement = running.measure(SWEEP_CLIENTS, plan.seconds)
        sweep.append((contender.key, options, measurement))
        tell(f"{_variant(options)}: {_in_words(measurement)}")
        return measurement.per_second

    return max(contender.variants, key=measure)


def long_enough(clients: int, per_second: float, seconds: int) -> int:
    """``seconds``, or more where ``clients`` need it to be answered at ``per_second``."""
    if not per_second:
        return seconds
    needed = math.ceil(_ANSWERS_EACH * clients / per_second)
    return min(max(seconds, needed), _LONGEST_SECONDS)


def measure_until_answered(running: Running, clients: int, seconds: int) -> Measurement:
    """As ``running.measure``, for longer where so little time brought no answer at all.

    Raises ``ContenderError`` where half a minute brings none either.
    """
    measurement = running.measure(clients, seconds)
    while not measurement.comments and seconds < _LONGEST_SECONDS:
        seconds = min(4 * seconds, _LONGEST_SECONDS)
        measurement = running.measure(clients, seconds)
    if not measurement.comments:
        raise ContenderError(f"it answered nothing to {clients} clients in {seconds} s")
    return measurement


def _warm_up(running: Running, plan: Plan) -> Measurement:
    return running.measure(SWEEP_CLIENTS, min(plan.seconds, _WARM_UP_SECONDS))


def _variant(options: Options) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in options.items())


def _in_words(measurement: Measurement) -> str:
    return (
        f"{measurement.clients:>3} clients: {measurement.per_second:,.1f}/s, "
        f"p50 {measurement.p50_ms:,.1f} ms, p99 {measurement.p99_ms:,.1f} ms"
        + (f", {measurement.errors} errors" if measurement.errors else "")
    )
