"""TorchServe: with this service, as it comes with a padded handler, and with an empty one."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.checksum import write_checksum
from archive.inputs import REPOSITORY
from benchmarks.contenders.child import undisturbed
from benchmarks.contenders.contender import Launch, Options, Running
from benchmarks.contenders.program import COMMENT_FORM, HttpServer, free_ports
from benchmarks.contenders.setup import PACKAGES, Setup
from benchmarks.errors import ContenderError
from benchmarks.load.workload import write_bodies
from service.instance import Instance
from service.launch import DELIVERED, Configuration
from service.run_record import RunRecord
from service.start import start
from service.stop import stop

_HANDLERS: Final = Path(__file__).with_name("peers")
_PACKING_SECONDS: Final = 120.0
# Addresses; and tokens are not a question of speed, and would need a client that knows them.
_KEPT: Final = ("_address", "_port", "disable_token_authorization")


@dataclass(frozen=True)
class TorchServe(HttpServer):
    """A running TorchServe with one model, whose handler may be any."""

    record: RunRecord


def launch_as(key: str) -> Launch:
    """The launch of the contender ``key``: its setup's archive, as it is delivered.

    The launch raises ``GoEmotionsError`` if the service does not start.
    """
    return lambda setup, _options: serve(setup, setup.archive, key)


def launch_empty(setup: Setup, _options: Options) -> AbstractContextManager[Running]:
    """This service's configuration and batching, with a handler that does nothing."""
    files = {"model-config.yaml": setup.unpacked / "model-config.yaml"}
    archive = _pack(setup, "empty_handler", files, "--config-file", "model-config.yaml")
    return serve(setup, archive, "torchserve-empty", Configuration(logged=False))


def launch_stock(setup: Setup, _options: Options) -> AbstractContextManager[Running]:
    """TorchServe's defaults, with a handler in the manner of its own transformers example."""
    files = {file.name: file for file in sorted(setup.weights.iterdir())}
    archive = _pack(setup, "padded_handler", files, "--extra-files", ",".join(files))
    delivered = delivered_properties()
    kept = {name: value for name, value in delivered.items() if name.endswith(_KEPT)}
    kept["management_address"] = "http://127.0.0.1:$$MANAGEMENT_PORT$$"  # there is no keeper
    properties = write_properties(setup.folder / "stock.properties", kept)
    configuration = Configuration(
        properties, None, None, {"PYTHONPATH": PACKAGES}, kept=False, logged=False
    )
    return serve(setup, archive, "torchserve-stock", configuration)


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
            instance.prediction_url,
            COMMENT_FORM,
            bodies,
            lambda: list(record.processes().all),
            record,
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


def _pack(setup: Setup, handler: str, files: Mapping[str, Path], *options: str) -> Path:
    """Make an archive of ``handler`` and ``files``, once; raises ``ContenderError``."""
    folder = setup.folder / handler
    archive = folder / "store" / "goemotions.mar"
    if archive.is_file():
        return archive
    archive.parent.mkdir(parents=True)
    for name, file in files.items():
        shutil.copyfile(file, folder / name)
    command = [
        *(sys.executable, "-m", "model_archiver.model_packaging"),
        *("--model-name", "goemotions", "--version", "1.0", *options),
        *("--handler", str(_HANDLERS / f"{handler}.py"), "--export-path", str(archive.parent)),
    ]
    env = {**os.environ, "TMPDIR": str(folder)}  # where it makes and removes a folder `goemotions`
    try:
        subprocess.run(
            command, cwd=folder, env=env, check=True, capture_output=True, timeout=_PACKING_SECONDS
        )
    except subprocess.SubprocessError as error:
        raise ContenderError(f"torch-model-archiver could not pack {handler}: {error}") from error
    write_checksum(archive)
    return archive
