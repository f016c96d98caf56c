"""The start of TorchServe in the background, which succeeds or leaves nothing behind."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Final

from archive.checksum import verify_checksum
from service.instance import Instance
from service.preflight import Java, find_java, make_temp_dir, refuse_taken_ports
from service.readiness import wait_until_ready
from service.run_record import AlreadyRunningError, RunRecord, one_at_a_time
from service.stop import clear
from service.worker_log import WorkerLog

REPOSITORY: Final = Path(__file__).parents[1]
START_SECONDS: Final = 180.0


@dataclass(frozen=True, slots=True)
class Configuration:
    """The files and variables that TorchServe is started with.

    ``properties``  its ``config.properties``.
    ``log_config``  its ``log4j2.xml``; None for TorchServe's own.
    ``cwd``         its working folder, which its configuration's paths are relative to; None for
                    an empty folder.
    ``env``         variables in addition to this process's.
    """

    properties: Path = REPOSITORY / "config.properties"
    log_config: Path | None = REPOSITORY / "log4j2.xml"
    cwd: Path | None = REPOSITORY  # metrics.yaml is named relative to it
    env: Mapping[str, str] = field(default_factory=dict)


DELIVERED: Final = Configuration()


def start(
    instance: Instance,
    archive: Path,
    timeout_seconds: float = START_SECONDS,
    report: Callable[[str], None] = lambda _progress: None,
    configuration: Configuration = DELIVERED,
) -> RunRecord:
    """Start ``archive`` and come back when it has answered a prediction.

    ``report`` is called with what it waits for. Raises ``AlreadyRunningError``, ``JavaError``,
    ``ChecksumError``, ``PortTakenError`` and ``StartError``; nothing is left running then, nor
    after Ctrl-C.
    """
    with one_at_a_time(instance.log_dir):
        _refuse_second_start(instance.log_dir)
        java = find_java(os.environ)
        sha256 = verify_checksum(archive)
        refuse_taken_ports(instance)
        record = RunRecord(
            temp_dir=str(make_temp_dir()),
            archive=str(archive.absolute()),
            sha256=sha256,
            java_version=java.version,
            torchserve_version=version("torchserve"),
            env=instance.to_env(),
        )
        record.save(instance.log_dir)
        try:
            worker_log = WorkerLog(instance.log_dir)
            _launch(record, java, instance.log_dir.absolute(), configuration)
            wait_until_ready(record, worker_log, timeout_seconds, report)
        except BaseException:
            clear(record, instance.log_dir)
            raise
        return record


def _refuse_second_start(log_dir: Path) -> None:
    record = RunRecord.load(log_dir)
    if record is None:
        return
    if server := record.processes().server:
        raise AlreadyRunningError(
            f"already running at {record.instance.inference_url} (process {server.pid}, "
            f"LOG_DIR={log_dir}); `make stop` ends it; a second one takes another LOG_DIR and "
            "other ports"
        )
    clear(record, log_dir)  # a server that was killed may have left workers and files


def _launch(record: RunRecord, java: Java, log_dir: Path, configuration: Configuration) -> None:
    """Run TorchServe's own launcher, which starts the JVM and ends."""
    archive = Path(record.archive)
    with (log_dir / "console.log").open("wb") as console:
        subprocess.run(
            [
                *(sys.executable, "-m", "ts.model_server", "--start"),
                "--ncs",  # a snapshot of an earlier run would win over the configuration file
                *("--ts-config", str(configuration.properties)),
                *_log_options(configuration, Path(record.temp_dir)),
                *("--model-store", str(archive.parent)),
                *("--models", f"goemotions={archive.name}"),
            ],
            env={**_environment(record, java, log_dir), **configuration.env},
            cwd=configuration.cwd or record.temp_dir,
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # outlives the terminal, and its Ctrl-C
            check=True,
        )


def _log_options(configuration: Configuration, temp_dir: Path) -> tuple[str, ...]:
    if configuration.log_config is None:
        return ()
    # Copied, since log4j reads its path as a list of URLs: a comma or a space would split it.
    copy = shutil.copy(configuration.log_config, temp_dir / configuration.log_config.name)
    return ("--log-config", str(copy))


def _environment(record: RunRecord, java: Java, log_dir: Path) -> dict[str, str]:
    # TS_ variables would override config.properties, and PYTHONPATH the code in the archive.
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("TS_") and name != "PYTHONPATH"
    }
    return {
        **kept,
        **record.env,
        "JAVA_HOME": str(java.home),
        "LOG_LOCATION": str(log_dir),
        "METRICS_LOCATION": str(log_dir),
        "TMPDIR": record.temp_dir,  # the launcher keeps its pid file there
        "TEMP": record.temp_dir,  # the launcher makes it the JVM's java.io.tmpdir
    }
