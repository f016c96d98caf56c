"""Records as a run would have them, made up."""

from benchmarks.contenders.lineup import CONTENDERS
from benchmarks.load.measurement import CostedMeasurement, Memory
from benchmarks.load.paced import PacedMeasurement
from benchmarks.report.record import BenchRecord, Growth, Turn

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
    """One that took a hundred seconds, and 0.5 ms of the first process a comment."""
    answered = round(per_second * 100)
    latencies = (p50_ms, p50_ms, p50_ms, p99_ms, p99_ms)
    return CostedMeasurement(clients, 100.0, answered, 0, *latencies, 0.5, 4.0, 0.1, 0.9)


def turn(*measurements, start_seconds=9.0, resident_mib=900.0, idle_percent=None):
    """One of a contender that answers as the model does."""
    memory = Memory(3, resident_mib, resident_mib - 100, first_mib=220.0)
    return Turn(start_seconds, 1.0, measurements, memory, idle_percent)


def record(**turns):
    """A record of the turns of each contender; `infinity_torch` is `infinity-torch`."""
    return BenchRecord(
        ABOUT,
        CONTENDERS,
        {
            (name.replace("_", "-"), number): each
            for name, taken in turns.items()
            for number, each in enumerate(taken, 1)
        },
    )


def full_record():
    """One with every contender, three rounds, and the growth of this service."""
    made = BenchRecord(ABOUT, CONTENDERS)
    for number in (1, 2, 3):
        for index, contender in enumerate(CONTENDERS):
            loads = [measurement(clients, 50.0 * (index + number)) for clients in (1, 16, 64)]
            made.turns[contender.key, number] = turn(*loads, idle_percent=0.4)
    made.growth = Growth(
        by_tokens={tokens: measurement(per_second=8000 / tokens) for tokens in (8, 64)},
        by_workers={workers: measurement(per_second=200 * workers) for workers in (1, 2)},
        by_rate=[
            PacedMeasurement(rate, rate, 500, 0, 5.0, 9.0, 20.0, 1.0) for rate in (100.0, 400.0)
        ],
    )
    return made
