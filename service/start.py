"""The start of TorchServe in the background, which succeeds or leaves nothing behind."""

import os
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Final

from archive.checksum import verify_checksum
from service.instance import Instance
from service.launch import DELIVERED, Configuration, launch_keeper, launch_torchserve, log_sizes
from service.logs.health import prove_line, refuse_unwritable_logs
from service.logs.mending import mend_logs
from service.logs.worker_log import WorkerLog
from service.preflight import (
    find_java,
    find_sockets,
    make_temp_dir,
    refuse_taken_ports,
)
from service.readiness import wait_until_ready
from service.run_record import AlreadyRunningError, RunRecord, one_at_a_time
from service.stop import clear, kill
from service.variables import read_seconds

START_SECONDS: Final = 180.0
_HANG_SECONDS: Final = 30.0


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
    hang_seconds()  # refused here, in one line, and not by the keeper
    log_sizes()
    refuse_unwritable_logs(instance.log_dir)
    with one_at_a_time(instance.log_dir):
        _refuse_second_start(instance.log_dir)
        return _bring_up(instance, archive, timeout_seconds, report, configuration)


def hang_seconds() -> float:
    """How long a TorchServe may do nothing, by ``HANG_SECONDS``; raises ``VariableError``."""
    return read_seconds(os.environ, "HANG_SECONDS", _HANG_SECONDS)


def restart(record: RunRecord, timeout_seconds: float, configuration: Configuration) -> RunRecord:
    """Kill the run of ``record``, and start its archive again on the same instance.

    Raises as ``start`` does; the record is there nonetheless then.
    """
    instance = record.instance
    with one_at_a_time(instance.log_dir):
        try:
            return _bring_up(
                instance,
                Path(record.archive),
                timeout_seconds,
                lambda _: None,
                configuration,
                record,
            )
        except BaseException:
            record.save(instance.log_dir)  # so that a stop finds the keeper that tries again
            raise


def _bring_up(
    instance: Instance,
    archive: Path,
    timeout_seconds: float,
    report: Callable[[str], None],
    configuration: Configuration,
    replaced: RunRecord | None = None,
) -> RunRecord:
    """Start TorchServe, once the run ``replaced`` is killed if there is one."""
    java = find_java(os.environ)
    sha256 = verify_checksum(archive)
    if replaced:
        kill(replaced)
    refuse_taken_ports(instance)
    mend_logs(instance.log_dir)
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
        sockets = find_sockets(Path(record.temp_dir), instance.workers, os.environ)
        launch_torchserve(record, java, sockets, configuration)
        if configuration.kept:
            launch_keeper(record, sockets, timeout_seconds, configuration)
        answered = wait_until_ready(record, worker_log, timeout_seconds, report)
        # A restart is for the answers' sake, whatever has become of the log by then.
        if configuration.logged and replaced is None:
            prove_line(instance.log_dir, answered)
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
