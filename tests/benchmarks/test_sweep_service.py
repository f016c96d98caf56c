"""That a setting takes effect: what a started service says of itself, and what runs."""

from benchmarks.sweep.service import serve_variant
from benchmarks.sweep.setting import Placement, Setting
from benchmarks.sweep.variant import Variant
from service.management import Management

SETTING = Setting(
    lever="all",
    name="all at once",
    properties={"number_of_netty_threads": "1"},
    vmargs=("-Xmx96m", "-XX:+UseSerialGC"),
    serving={"batchSize": 3, "maxBatchDelay": 1},
    workers=1,
    placement=Placement.NICE,
    env={"MALLOC_ARENA_MAX": "1"},
)


def test_a_started_service_has_every_setting(setup):
    with serve_variant(setup, Variant.of(SETTING, setup)) as server:
        version = Management(server.record.instance).default_version()
        processes = server.record.processes()
        arguments = processes.server.cmdline()
        (worker,) = processes.workers
        assert version.batch_size == 3
        assert version.ready_workers == 1
        assert {"-Xmx96m", "-XX:+UseSerialGC"} <= set(arguments)
        assert worker.environ()["MALLOC_ARENA_MAX"] == "1"
        assert worker.nice() == min(processes.server.nice() + 5, 19)
        assert server.labels(["I love this"]) == ["love"]
    assert server.record.processes().all == ()


def test_a_service_with_the_asynchronous_handler_answers(setup):
    setting = Setting(
        lever="a",
        name="a",
        serving={"asyncCommunication": True, "batchSize": 1},
        handler="async_handler",
        workers=1,
    )
    with serve_variant(setup, Variant.of(setting, setup)) as server:
        assert server.labels(["I love this", "Thank you so much"]) == ["love", "gratitude"]
