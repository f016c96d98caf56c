"""The state of an instance, as tables."""

import time
from contextlib import suppress

import psutil
from rich.console import Group
from rich.table import Table

from service.management import Management, Version
from service.run_record import Processes, RunRecord


def report_status(record: RunRecord) -> Group:
    """The service, its registered versions and its workers; raises ``ManagementError``."""
    processes = record.processes()
    management = Management(record.instance)
    default = management.default_version()
    versions = management.versions()
    return Group(
        _service(record, processes, default),
        _versions(versions, default.version),
        _workers(versions, processes),
    )


def _service(record: RunRecord, processes: Processes, default: Version) -> Table:
    instance = record.instance
    table = Table(show_header=False, box=None)
    rows = {
        "address": instance.prediction_url,
        "model": f"version {default.version}",
        "TorchServe": f"{record.torchserve_version}, on Java {record.java_version}",
        "archive": f"{record.archive}, sha256 {record.sha256[:16]}...",
        "up": _duration(processes),
        "memory": f"{sum(map(_megabytes, processes.all))} MB, the server and its workers",
        "ports": ", ".join(f"{name}={port}" for name, port in instance.ports.items()),
        "logs": str(instance.log_dir),
    }
    for name, value in rows.items():
        table.add_row(name, value)
    return table


def _versions(versions: list[Version], default: str) -> Table:
    table = Table("version", "archive", "workers ready", "queue")
    for version in versions:
        table.add_row(
            version.version + (" (default)" if version.version == default else ""),
            version.archive,
            f"{version.ready_workers} of {len(version.workers)}",
            f"{version.pending_requests} of {version.queue_capacity} waiting",
        )
    return table


def _workers(versions: list[Version], processes: Processes) -> Table:
    memory = {process.pid: _megabytes(process) for process in processes.workers}
    table = Table("worker", "version", "state", "process", "memory")
    for version in versions:
        for worker in version.workers:
            table.add_row(
                worker.id,
                version.version,
                "ready" if worker.ready else "not ready",
                str(worker.pid),
                f"{memory.get(worker.pid, 0)} MB",
            )
    return table


def _megabytes(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss) // 2**20
    except psutil.Error:  # it ended a moment ago, or is another user's
        return 0


def _duration(processes: Processes) -> str:
    started = time.time()
    for process in processes.all:
        with suppress(psutil.Error):
            started = min(started, process.create_time())
    minutes, seconds = divmod(int(time.time() - started), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min {seconds} s"
