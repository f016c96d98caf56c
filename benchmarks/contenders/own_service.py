"""This service, started as `make serve` starts it, on ports and with logs of its own."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from archive.inputs import REPOSITORY
from benchmarks.contenders.child import undisturbed
from benchmarks.contenders.contender import Launch, Options, Running
from benchmarks.contenders.program import COMMENT_FORM, HttpServer, free_ports
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


@contextmanager
def serve(
    setup: Setup,
    archive: Path,
    key: str,
    configuration: Configuration = DELIVERED,
) -> Iterator[TorchServe]:
    """Serve ``archive`` on an instance of its own, which is stopped in any case.

    Raises as `service.start.start`.
    """
    instance = _own_instance(setup, key)
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


def delivered_properties() -> dict[str, str]:
    """The repository's ``config.properties``, by key."""
    lines = (REPOSITORY / "config.properties").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return {key.strip(): value.strip() for key, value in pairs}


def write_properties(file: Path, properties: Mapping[str, str]) -> Path:
    """Write ``properties`` as TorchServe reads them; returns ``file``."""
    lines = (f"{key}={value}\n" for key, value in properties.items())
    file.write_text("".join(lines), encoding="utf-8")
    return file


def _own_instance(setup: Setup, key: str) -> Instance:
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
