"""This service, started as `make serve` starts it, on ports and with logs of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.contenders.child import undisturbed
from benchmarks.contenders.contender import Launch, Options, Running
from benchmarks.contenders.http_server import COMMENT_FORM, HttpServer, free_ports
from benchmarks.contenders.setup import Setup
from benchmarks.load.workload import write_bodies
from service.instance import Instance
from service.management import Management
from service.run_record import RunRecord
from service.start import DELIVERED, Configuration, start
from service.stop import stop


@dataclass(frozen=True)
class TorchServe(HttpServer):
    """A running TorchServe with one model, whose handler may be any."""

    record: RunRecord

    def scale(self, workers: int) -> None:
        """Give it so many workers; raises ``ManagementError``."""
        Management(self.record.instance).scale(workers)


def launch_as(key: str) -> Launch:
    """How the contender ``key`` is started: with its setup's archive, as it is delivered.

    The launch raises ``GoEmotionsError`` if the service does not start.
    """

    @contextmanager
    def launch(setup: Setup, _options: Options) -> Iterator[Running]:
        with serve(setup, setup.archive, key) as server:
            yield server

    return launch


def own_instance(setup: Setup, key: str) -> Instance:
    """An instance on free ports, with a worker for each of the setup's cores."""
    names = Instance.from_env({}).ports
    ports = map(str, free_ports(len(names)))
    return Instance.from_env(
        {
            **dict(zip(names, ports, strict=True)),
            "LOG_DIR": str(setup.logs / key),
            "WORKERS": str(setup.cores),
            "MODEL": str(setup.model),
        }
    )


@contextmanager
def serve(
    setup: Setup,
    archive: Path,
    key: str,
    configuration: Configuration = DELIVERED,
    instance: Instance | None = None,
) -> Iterator[TorchServe]:
    """Serve ``archive`` on an instance of its own, or the one given; stopped in any case.

    Raises as `service.start.start`.
    """
    instance = instance or own_instance(setup, key)
    bodies = setup.folder / f"{key}.bodies"
    write_bodies(bodies, setup.workload.comments, COMMENT_FORM.body)
    try:
        record = start(instance, archive, configuration=configuration)
        yield TorchServe(
            instance.prediction_url, COMMENT_FORM, bodies, lambda: record.processes().all, record
        )
    finally:
        with undisturbed():
            stop(instance.log_dir)
