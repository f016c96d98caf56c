"""TorchServe without this service: as it comes, with a padded handler; and with an empty one."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Final

from benchmarks.contender import Options, Running
from benchmarks.errors import ContenderError
from benchmarks.own_service import START_SECONDS, run_torchserve, serve
from benchmarks.setup import PACKAGES, Setup
from scripts.checksum import sha256, write_checksum
from scripts.instance import Instance
from scripts.java import find_java
from scripts.preflight import make_temp_dir
from scripts.readiness import wait_until_ready
from scripts.run_record import RunRecord
from scripts.server_stop import clear
from scripts.worker_log import WorkerLog

_HANDLERS: Final = Path(__file__).with_name("peers")
_PACKING_SECONDS: Final = 120.0


@contextmanager
def launch_empty(setup: Setup, options: Options) -> Iterator[Running]:
    """This service's configuration and batching, with a handler that does nothing."""
    files = {"model-config.yaml": setup.unpacked / "model-config.yaml"}
    archive = _pack(setup, "empty_handler", files, "--config-file", "model-config.yaml")
    with serve(setup, archive, "torchserve-empty", options) as server:
        yield server


@contextmanager
def launch_stock(setup: Setup, _options: Options) -> Iterator[Running]:
    """TorchServe's defaults, with a handler in the manner of its own transformers example."""
    files = {file.name: file for file in sorted(setup.weights.iterdir())}
    archive = _pack(setup, "padded_handler", files, "--extra-files", ",".join(files))
    with run_torchserve(
        setup, "torchserve-stock", lambda instance: _start_stock(instance, archive)
    ) as server:
        yield server


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


def _start_stock(instance: Instance, archive: Path) -> RunRecord:
    """Start TorchServe with nothing set but its addresses; raises ``OperationError``."""
    java = find_java(os.environ)
    record = RunRecord(
        temp_dir=str(make_temp_dir()),
        archive=str(archive),
        sha256=sha256(archive),
        java_version=java.version,
        torchserve_version=version("torchserve"),
        env=instance.to_env(),
    )
    record.save(instance.log_dir)
    try:
        _run_stock(record, java.home, instance.log_dir.absolute())
        wait_until_ready(record, WorkerLog(instance.log_dir), START_SECONDS, lambda _progress: None)
    except BaseException:
        clear(record, instance.log_dir)
        raise
    return record


def _run_stock(record: RunRecord, java_home: Path, log_dir: Path) -> None:
    temp_dir = Path(record.temp_dir)
    configuration = temp_dir / "config.properties"
    configuration.write_text(_addresses(record.instance), encoding="utf-8")
    archive = Path(record.archive)
    with (log_dir / "console.log").open("wb") as console:
        subprocess.run(
            [
                *(sys.executable, "-m", "ts.model_server", "--start", "--ncs"),
                *("--ts-config", configuration, "--model-store", archive.parent),
                *("--models", f"goemotions={archive.name}"),
            ],
            env={
                **os.environ,
                "PYTHONPATH": PACKAGES,
                "JAVA_HOME": str(java_home),
                "LOG_LOCATION": str(log_dir),
                "METRICS_LOCATION": str(log_dir),
                "TMPDIR": record.temp_dir,
                "TEMP": record.temp_dir,  # by which its processes are found again
            },
            cwd=temp_dir,  # it would take a log4j2.xml of the working folder for its own
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            check=True,
        )


def _addresses(instance: Instance) -> str:
    # Tokens are not a question of speed, and would need a client that knows them.
    return f"""\
inference_address={instance.inference_url}
management_address={instance.management_url}
metrics_address=http://127.0.0.1:{instance.metrics_port}
grpc_inference_port={instance.grpc_inference_port}
grpc_management_port={instance.grpc_management_port}
disable_token_authorization=true
"""
