"""Starts TorchServe with any configuration: as it comes, or this service's with other settings."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Final

from scripts.checksum import sha256
from scripts.instance import Instance
from scripts.java import find_java
from scripts.preflight import make_temp_dir
from scripts.readiness import wait_until_ready
from scripts.run_record import RunRecord
from scripts.server_stop import clear
from scripts.worker_log import WorkerLog

START_SECONDS: Final = 180.0


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a TorchServe is started with.

    ``properties``  the text of its ``config.properties``.
    ``log_config``  its ``log4j2.xml``; None for TorchServe's own.
    ``cwd``         where it runs: what its configuration names is relative to it, and a
                    ``log4j2.xml`` there is taken. None for a folder with nothing in it.
    ``env``         variables beside this process's.
    """

    properties: str
    log_config: Path | None = None
    cwd: Path | None = None
    env: Mapping[str, str] = field(default_factory=dict)


def start_torchserve(instance: Instance, archive: Path, configuration: Configuration) -> RunRecord:
    """Start ``archive`` and come back when it has answered a prediction.

    Raises ``OperationError`` where it does not; nothing of it is left running then.
    """
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
        worker_log = WorkerLog(instance.log_dir)
        _launch(record, java.home, instance.log_dir.absolute(), configuration)
        wait_until_ready(record, worker_log, START_SECONDS, lambda _progress: None)
    except BaseException:
        clear(record, instance.log_dir)
        raise
    return record


def _launch(
    record: RunRecord, java_home: Path, log_dir: Path, configuration: Configuration
) -> None:
    temp_dir = Path(record.temp_dir)
    properties = temp_dir / "config.properties"
    properties.write_text(configuration.properties, encoding="utf-8")
    archive = Path(record.archive)
    with (log_dir / "console.log").open("wb") as console:
        subprocess.run(
            [
                *(sys.executable, "-m", "ts.model_server", "--start", "--ncs"),
                *("--ts-config", str(properties)),
                *_log_options(configuration, temp_dir),
                *("--model-store", str(archive.parent)),
                *("--models", f"goemotions={archive.name}"),
            ],
            env=_environment(record, java_home, log_dir, configuration),
            cwd=configuration.cwd or temp_dir,
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            check=True,
        )


def _log_options(configuration: Configuration, temp_dir: Path) -> tuple[str, ...]:
    if configuration.log_config is None:
        return ()
    # Copied, since log4j reads its path as a list of URLs: a comma or a space would part it.
    copy = temp_dir / configuration.log_config.name
    copy.write_bytes(configuration.log_config.read_bytes())
    return ("--log-config", str(copy))


def _environment(
    record: RunRecord, java_home: Path, log_dir: Path, configuration: Configuration
) -> dict[str, str]:
    # TS_ variables would override the configuration, and PYTHONPATH the code in the archive.
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("TS_") and name != "PYTHONPATH"
    }
    return {
        **kept,
        **record.env,
        "JAVA_HOME": str(java_home),
        "LOG_LOCATION": str(log_dir),
        "METRICS_LOCATION": str(log_dir),
        "TMPDIR": record.temp_dir,
        "TEMP": record.temp_dir,  # by which its processes are found again
        **configuration.env,
    }
