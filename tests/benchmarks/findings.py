"""Findings as a run would have them, made up."""

from benchmarks.contenders import CONTENDERS
from benchmarks.measurement import Measurement
from benchmarks.memory import Memory
from benchmarks.paced import PacedMeasurement
from benchmarks.record import Record
from benchmarks.turns import Turn

ABOUT = {
    "date": "2026-11-24 08:12",
    "machine": {
        "processor": "Some Processor",
        "cores": 2,
        "memory_gib": 23.5,
        "python": "3.11.7",
        "packages": {"torchserve": "0.12.0", "torch": "2.13.0", "onnxruntime": "1.32.0"},
    },
    "wrk": "4.1.0",
    "model_version": "1.0.0",
    "comments": {"count": 300, "origin": "bundled"},
}


def measurement(clients=16, per_second=100.0, p50_ms=10.0, p99_ms=20.0):
    """One that took a hundred seconds."""
    return Measurement(
        clients=clients,
        seconds=100.0,
        comments=round(per_second * 100),
        errors=0,
        mean_ms=p50_ms,
        p50_ms=p50_ms,
        p90_ms=p50_ms,
        p99_ms=p99_ms,
        max_ms=p99_ms,
    )


def turn(*measurements, start_seconds=9.0, resident_mib=900.0):
    """One of a contender that answers as the model does."""
    return Turn(start_seconds, 1.0, list(measurements), Memory(3, resident_mib, resident_mib - 100))


def record(**turns):
    """A record of the turns of each contender; `infinity_torch` is `infinity-torch`."""
    made = Record(ABOUT, CONTENDERS)
    for name, taken in turns.items():
        for number, each in enumerate(taken, 1):
            made.turns.append((name.replace("_", "-"), number, each))
    return made


def full_record():
    """One with every contender, three rounds, and the growth of this service."""
    made = Record(ABOUT, CONTENDERS)
    for number in (1, 2, 3):
        for index, contender in enumerate(CONTENDERS):
            loads = [measurement(clients, 50.0 * (index + number)) for clients in (1, 16, 64)]
            made.turns.append((contender.key, number, turn(*loads)))
    for tokens in (8, 64):
        made.growth.by_tokens[tokens] = measurement(per_second=8000 / tokens)
    for workers in (1, 2):
        made.growth.by_workers[workers] = measurement(per_second=200 * workers)
    for rate in (100.0, 400.0):
        made.growth.by_rate.append(PacedMeasurement(rate, rate, 500, 0, 5.0, 9.0, 20.0, 1.0))
    return made
