"""What is swept: one lever at a time, and then a few of them together."""

from typing import Final

from benchmarks.sweep.setting import COMMITTED, Placement, Setting

# On as few cores as here, Java 21 starts a thread for each batch that the frontend sends to a
# worker (CompletableFuture.runAsync, where the common pool would have one thread); from two on it
# has a pool.
_PARALLELISM: Final = "-Djava.util.concurrent.ForkJoinPool.common.parallelism"
_POOL: Final = f"{_PARALLELISM}=2"
_NO_POOL: Final = f"{_PARALLELISM}=1"


def settings_for(cores: int) -> tuple[Setting, ...]:
    """All rows, what is delivered first; ``cores`` are what the service may use.

    A lever has all its values, the delivered one too, so that the table stays right when another
    is delivered; a row that comes to what is delivered is left out of a run.
    """
    return (
        Setting(lever=COMMITTED, name=COMMITTED, idle=True),
        *_batching(),
        *_workers(cores),
        *_frontend(),
        *_java(),
        *_communication(),
        *_together(),
    )


def _batching() -> tuple[Setting, ...]:
    return (
        *(
            Setting(lever="batchSize", name=f"batchSize {size}", serving={"batchSize": size})
            for size in (4, 8, 16, 32)
        ),
        *(
            Setting(
                lever="maxBatchDelay",
                name=f"maxBatchDelay {delay_ms} ms",
                serving={"maxBatchDelay": delay_ms},
            )
            for delay_ms in (1, 2, 5)
        ),
        *(
            Setting(
                lever="run_tokens",
                name=f"run_tokens {tokens}",
                serving={"handler": {"run_tokens": tokens}},
            )
            for tokens in (96, 160, 256)
        ),
    )


def _workers(cores: int) -> tuple[Setting, ...]:
    # One worker more than cores has a batch at hand while another waits for its next.
    shapes = dict.fromkeys([(1, 1), (1, cores), (cores, 1), (cores, cores), (cores + 1, 1)])
    return (
        *(
            Setting(
                lever="workers and threads",
                name=f"{workers} x {threads}",
                workers=workers,
                serving={"handler": {"threads": threads}},
            )
            for workers, threads in shapes
        ),
        Setting(lever="priority", name="workers at nice 5", placement=Placement.NICE),
        Setting(lever="priority", name="a core for each worker", placement=Placement.PINNED),
    )


def _frontend() -> tuple[Setting, ...]:
    return (
        *(
            Setting(
                lever="network threads",
                name=f"{threads} for clients, {threads} for workers",
                properties={
                    "number_of_netty_threads": str(threads),
                    "netty_client_threads": str(threads),
                },
            )
            for threads in (1, 2, 4)
        ),
        Setting(lever="logging", name="async_logging", properties={"async_logging": "true"}),
    )


def _java() -> tuple[Setting, ...]:
    return (
        Setting(lever="heap", name="no -Xmx", vmargs=("-Xmx",)),
        *(
            Setting(lever="heap", name=f"-Xmx{megabytes}m", vmargs=(f"-Xmx{megabytes}m",))
            for megabytes in (64, 128, 256)
        ),
        *(
            Setting(lever="collector", name=collector, vmargs=(f"-XX:+Use{collector}GC",))
            for collector in ("Serial", "Parallel", "G1")
        ),
        Setting(lever="compiler", name="C1 alone", vmargs=("-XX:TieredStopAtLevel=1",), idle=True),
        Setting(lever="compiler", name="C1 and C2", vmargs=("-XX:TieredStopAtLevel=4",), idle=True),
        Setting(
            lever="processors",
            name="the JVM counts one core",
            vmargs=("-XX:ActiveProcessorCount=1",),
        ),
        Setting(lever="batch threads", name="a pool in place of new ones", vmargs=(_POOL,)),
        Setting(lever="batch threads", name="a new one for each batch", vmargs=(_NO_POOL,)),
    )


def _communication() -> tuple[Setting, ...]:
    return (
        Setting(
            lever="asyncCommunication",
            # With batches of two and more, TorchServe 0.12 fails: docs/tuning.md.
            name="asyncCommunication, batchSize 1",
            serving={"asyncCommunication": True, "batchSize": 1},
            handler="async_handler",
        ),
        Setting(
            lever="memory allocator",
            name="MALLOC_ARENA_MAX=1",
            env={"MALLOC_ARENA_MAX": "1"},
        ),
    )


def _together() -> tuple[Setting, ...]:
    small = ("-Xms32m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", _POOL)
    large = ("-Xmx512m", "-XX:+UseG1GC", "-XX:TieredStopAtLevel=4", _NO_POOL)
    one_each = {"number_of_netty_threads": "1", "netty_client_threads": "1"}
    four_each = {"number_of_netty_threads": "4", "netty_client_threads": "4"}
    return (
        Setting(
            lever="together",
            name="large JVM, 2 ms",
            properties=four_each,
            vmargs=large,
            serving={"maxBatchDelay": 2},
            idle=True,
        ),
        Setting(
            lever="together",
            name="small JVM, 1 ms",
            properties=one_each,
            vmargs=small,
            serving={"maxBatchDelay": 1},
            idle=True,
        ),
    )
