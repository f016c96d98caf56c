"""The settings that are swept: one lever at a time, and then a few of them together."""

from collections.abc import Sequence
from typing import Final

from benchmarks.errors import BenchmarkError
from benchmarks.sweep.variant import COMMITTED, SweepSetting
from service.resources import usable_cores

# With one or two cores, Java 21 starts a thread for each batch that the frontend sends to a worker
# (CompletableFuture.runAsync, whose common pool would have one thread); from two on it has a pool.
_PARALLELISM: Final = "-Djava.util.concurrent.ForkJoinPool.common.parallelism"
_POOL: Final = f"{_PARALLELISM}=2"
_NO_POOL: Final = f"{_PARALLELISM}=1"
_TOGETHER: Final = "together"


def choose_settings(levers: Sequence[str] | None, *, quick: bool) -> Sequence[SweepSetting]:
    """The settings of the levers named, and what is delivered; all if none is named.

    ``quick`` takes one that changes all that can be changed: a smoke test of each. Raises
    ``BenchmarkError`` if there is no such lever.
    """
    settings = settings_for(usable_cores())
    known = dict.fromkeys(setting.lever for setting in settings)
    if unknown := [lever for lever in levers or [] if lever not in known]:
        raise BenchmarkError(
            f"no lever is called {', '.join(unknown)}; known are {', '.join(known)}"
        )
    if not levers and quick:
        together = [setting for setting in settings if setting.lever == _TOGETHER]
        return (settings[0], together[0])
    wanted = {COMMITTED, *(levers or known)}
    return [setting for setting in settings if setting.lever in wanted]


def settings_for(cores: int) -> tuple[SweepSetting, ...]:
    """All rows, what is delivered first; ``cores`` are what the service may use.

    A lever has all its values, the delivered one too, so that the table stays right if another
    is delivered; a row that comes to what is delivered is left out of a run.
    """
    return (
        SweepSetting(COMMITTED, COMMITTED, idle=True),
        *_serving("batchSize", 4, 8, 16, 32),
        *_serving("maxBatchDelay", 1, 2, 5, unit=" ms"),
        *(
            SweepSetting("run_tokens", f"run_tokens {n}", serving={"handler": {"run_tokens": n}})
            for n in (96, 160, 256)
        ),
        *_workers(cores),
        *(
            SweepSetting(
                "network threads", f"{n} for clients, {n} for workers", properties=_threads(n)
            )
            for n in (1, 2, 4)
        ),
        SweepSetting("logging", "async_logging", properties={"async_logging": "true"}),
        *_java(),
        SweepSetting("memory allocator", "MALLOC_ARENA_MAX=1", env={"MALLOC_ARENA_MAX": "1"}),
        *_together(),
    )


def _serving(key: str, *values: int, unit: str = "") -> list[SweepSetting]:
    """Values of a key of ``model-config.yaml``."""
    return [SweepSetting(key, f"{key} {each}{unit}", serving={key: each}) for each in values]


def _threads(number: int) -> dict[str, str]:
    return {key: str(number) for key in ("number_of_netty_threads", "netty_client_threads")}


def _workers(cores: int) -> list[SweepSetting]:
    # One worker more than cores has a batch at hand while another waits for its next.
    shapes = dict.fromkeys([(1, 1), (1, cores), (cores, 1), (cores, cores), (cores + 1, 1)])
    return [
        SweepSetting(
            "workers and threads",
            f"{workers} x {threads}",
            workers=workers,
            serving={"handler": {"threads": threads}},
        )
        for workers, threads in shapes
    ]


def _java() -> tuple[SweepSetting, ...]:
    one_core, quick, both = (
        f"-XX:{each}"
        for each in ("ActiveProcessorCount=1", "TieredStopAtLevel=1", "TieredStopAtLevel=4")
    )
    return (
        SweepSetting("heap", "no -Xmx", vmargs=("-Xmx",)),
        *(SweepSetting("heap", f"-Xmx{n}m", vmargs=(f"-Xmx{n}m",)) for n in (64, 128, 256)),
        *(
            SweepSetting("collector", each, vmargs=(f"-XX:+Use{each}GC",))
            for each in ("Serial", "Parallel", "G1")
        ),
        SweepSetting("compiler", "C1 alone", vmargs=(quick,), idle=True),
        SweepSetting("compiler", "C1 and C2", vmargs=(both,), idle=True),
        SweepSetting("processors", "the JVM counts one core", vmargs=(one_core,)),
        SweepSetting("batch threads", "a pool in place of new ones", vmargs=(_POOL,)),
        SweepSetting("batch threads", "a new one for each batch", vmargs=(_NO_POOL,)),
    )


def _together() -> tuple[SweepSetting, ...]:
    small = ("-Xms32m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", _POOL)
    large = ("-Xmx512m", "-XX:+UseG1GC", "-XX:TieredStopAtLevel=4", _NO_POOL)
    return tuple(
        SweepSetting(
            _TOGETHER,
            f"{size} JVM, {delay_ms} ms",
            properties=_threads(threads),
            vmargs=vmargs,
            serving={"maxBatchDelay": delay_ms},
            idle=True,
        )
        for size, delay_ms, threads, vmargs in (("large", 2, 4, large), ("small", 1, 1, small))
    )
