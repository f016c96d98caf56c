"""The launch of TorchServe and of its keeper: their configuration and their environment."""

import json
import locale
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from goemotions import NOTHING_SENT
from goemotions.errors import GoEmotionsError
from service.preflight import Java, Sockets
from service.run_record import KEEPER, RunRecord
from service.variables import read_size

REPOSITORY: Final = Path(__file__).parents[1]
# Variables of the caller that would change what a worker computes with or where it writes: other
# configurations of TorchServe and of log4j, another Python's settings, and the places of a job of
# torchrun, which TorchServe's worker reads too.
_CALLERS_OWN: Final = ("TS_", "LOG4J_", "PYTHON")
_TORCHRUNS: Final = frozenset({"RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE"})


class KeeperError(GoEmotionsError):
    """The keeper does not start."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """The files and variables that TorchServe is started with.

    ``properties``  its ``config.properties``.
    ``log_config``  its ``log4j2.xml``; None for TorchServe's own.
    ``cwd``         its working folder, which its configuration's paths are relative to; None for
                    an empty folder.
    ``env``         variables in addition to this process's.
    ``kept``        whether a keeper watches it and has the management port, so that
                    ``properties`` must leave that to it.
    ``logged``      whether its handler writes the prediction log, so that a start can prove a line.
    """

    properties: Path = REPOSITORY / "config.properties"
    log_config: Path | None = REPOSITORY / "log4j2.xml"
    cwd: Path | None = REPOSITORY  # metrics.yaml is named relative to it
    env: Mapping[str, str] = field(default_factory=dict)
    kept: bool = True
    logged: bool = True

    def to_json(self) -> str:
        """The text that ``from_json`` reads; its paths are absolute."""
        paths = {
            name: value.absolute()
            for name, value in asdict(self).items()
            if isinstance(value, Path)
        }
        return json.dumps({**asdict(self), **paths}, default=str)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The configuration that ``to_json`` gave."""
        found: dict[str, Any] = json.loads(text)
        paths = {
            name: Path(found[name]) for name in ("properties", "log_config", "cwd") if found[name]
        }
        return cls(**{**found, **paths})


DELIVERED: Final = Configuration()


def launch_torchserve(
    record: RunRecord, java: Java, sockets: Sockets, configuration: Configuration
) -> None:
    """Run TorchServe's own launcher, which starts the JVM and ends."""
    archive, log_dir = Path(record.archive), Path(record.env["LOG_DIR"])
    (log_dir / "console.log").unlink(missing_ok=True)
    with (log_dir / "console.log").open("ab") as console:  # the keeper empties it if it grows
        subprocess.run(
            [
                *(sys.executable, "-m", "ts.model_server", "--start"),
                "--ncs",  # a snapshot of an earlier run would win over the configuration file
                *("--ts-config", str(configuration.properties)),
                *_log_options(configuration, Path(record.temp_dir)),
                *("--model-store", str(archive.parent)),
                *("--models", f"goemotions={archive.name}"),
            ],
            env={**_environment(record, java, sockets), **configuration.env},
            cwd=configuration.cwd or record.temp_dir,
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # outlives the terminal, and its Ctrl-C
            check=True,
        )


def launch_keeper(
    record: RunRecord, sockets: Sockets, timeout_seconds: float, configuration: Configuration
) -> None:
    """Run the keeper, which comes back when it listens on the management port and goes on behind.

    Raises ``KeeperError`` if it does not.
    """
    log_dir = Path(record.env["LOG_DIR"])
    own = {
        "LOG_LOCATION": str(log_dir),
        "PYTHONPATH": f"{REPOSITORY}{os.pathsep}{REPOSITORY / 'handler'}",
    }
    with (log_dir / "keeper.log").open("ab") as log:
        done = subprocess.run(
            [
                *(sys.executable, "-m", KEEPER, str(log_dir), record.temp_dir),
                *(sockets.management_address, str(timeout_seconds), configuration.to_json()),
            ],
            env={**os.environ, **own},
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            check=False,
        )
    if done.returncode:
        raise KeeperError(f"the keeper does not start; see keeper.log in {log_dir}")


def _log_options(configuration: Configuration, temp_dir: Path) -> tuple[str, ...]:
    if configuration.log_config is None:
        return ()
    # Copied, since log4j reads its path as a list of URLs: a comma or a space would split it.
    copy = shutil.copy(configuration.log_config, temp_dir / configuration.log_config.name)
    return ("--log-config", str(copy))


def _environment(record: RunRecord, java: Java, sockets: Sockets) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_CALLERS_OWN) and name not in _TORCHRUNS
    }
    return {
        **kept,
        **encoding_for(f"{REPOSITORY}{record.env['LOG_DIR']}{record.archive}{record.temp_dir}"),
        **log_sizes(),
        **NOTHING_SENT,
        "HF_HUB_OFFLINE": "1",  # the archive has all that a worker reads
        **record.env,
        "JAVA_HOME": str(java.home),
        "MANAGEMENT_ADDRESS": sockets.management_address,
        "FIRST_WORKER_PORT": str(sockets.first_worker_port),
        "LOG_LOCATION": record.env["LOG_DIR"],
        "METRICS_LOCATION": record.env["LOG_DIR"],
        "TMPDIR": record.temp_dir,  # the launcher keeps its pid file there
        "TEMP": record.temp_dir,  # the launcher makes it the JVM's java.io.tmpdir
    }


def encoding_for(paths: str) -> dict[str, str]:
    """The variables by which Java and Python write these paths as the caller does.

    In the locale C, Java would write a question mark for each letter that is not ASCII.
    """
    try:
        os.fsencode(paths).decode(locale.getencoding())
    except UnicodeDecodeError:
        return {"PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"}
    return {"PYTHONUTF8": "1"}


def log_sizes() -> dict[str, str]:
    """The sizes of log4j2.xml in bytes; raises ``VariableError``."""
    sizes = {
        "PREDICTIONS_LOG_SIZE": read_size(os.environ, "PREDICTIONS_LOG_SIZE", "100 MB", "10 KB"),
        "PREDICTIONS_LOG_KEPT": read_size(os.environ, "PREDICTIONS_LOG_KEPT", "2 GB", "1 KB"),
    }
    return {name: str(size) for name, size in sizes.items()}
