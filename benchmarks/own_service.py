"""This service, started by what `make serve` starts it by, on ports and with logs of its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks import wrk
from benchmarks.child import undisturbed
from benchmarks.contender import Launch, Options, Running
from benchmarks.http_server import COMMENT_FORM, HttpServer
from benchmarks.measurement import Measurement
from benchmarks.ports import free_ports
from benchmarks.setup import Setup
from benchmarks.workload import write_bodies
from service.instance import Instance
from service.management import Management
from service.run_record import RunRecord
from service.start import start
from service.stop import stop


@dataclass(frozen=True)
class TorchServe(HttpServer):
    """A running TorchServe with one model, whose handler may be any."""

    record: RunRecord

    def scale(self, workers: int) -> None:
        """Give it so many workers; raises ``ManagementError``."""
        Management(self.record.instance).scale(workers)

    def measure_bodies(self, bodies: Path, clients: int, seconds: int) -> Measurement:
        """As ``measure``, with other bodies."""
        return wrk.load(self.url, bodies, clients, seconds)


def launch_as(key: str) -> Launch:
    """How the contender ``key`` is started that serves its setup's archive as it is delivered.

    What it gives raises ``GoEmotionsError`` where the service does not start.
    """

    @contextmanager
    def launch(setup: Setup, _options: Options) -> Iterator[Running]:
        with serve(setup, setup.archive, key) as server:
            yield server

    return launch


@contextmanager
def serve(setup: Setup, archive: Path, key: str) -> Iterator[TorchServe]:
    """Serve ``archive`` by this service's configuration; raises as `service.start.start`."""

    def start_own(instance: Instance) -> RunRecord:
        return start(instance, archive)

    with run_torchserve(setup, key, start_own) as server:
        yield server


@contextmanager
def run_torchserve(
    setup: Setup, key: str, start_instance: Callable[[Instance], RunRecord]
) -> Iterator[TorchServe]:
    """What ``start_instance`` starts, on free ports; it is stopped at the end in any case."""
    names = Instance.from_env({}).ports
    instance = Instance.from_env(
        {
            **dict(zip(names, map(str, free_ports(len(names))), strict=True)),
            "LOG_DIR": str(setup.logs / key),
            "WORKERS": str(setup.cores),
            "MODEL": str(setup.model),
        }
    )
    bodies = setup.folder / f"{key}.bodies"
    write_bodies(bodies, setup.workload.comments, COMMENT_FORM.body)
    try:
        record = start_instance(instance)

        def processes() -> list[psutil.Process]:
            return list(record.processes().all)

        yield TorchServe(instance.prediction_url, COMMENT_FORM, bodies, processes, record)
    finally:
        with undisturbed():
            stop(instance.log_dir)
