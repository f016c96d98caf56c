"""The rollout: a new version is loaded, checked and made default, and the old one removed."""

import shutil
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import psutil

from archive.checksum import checksum_file, verify_checksum
from archive.version import archive_version
from goemotions.errors import GoEmotionsError
from service.client import Client, ServiceUnavailableError
from service.instance import Instance
from service.logs.worker_log import WorkerLog
from service.management import Management, ManagementError, Version
from service.readiness import computed_seconds
from service.run_record import RunRecord, one_at_a_time
from service.waiting import wait_until

# The new version is asked these before anybody else asks it; the last one fills the model.
_CHECKED_WITH: Final = ("I love this", "Thanks a lot, that helped!", "What a day " * 200)
_ANSWER_SECONDS: Final = 60.0
# The old version is idle when nothing waited and no worker computed for so long. A batch computes
# from its first moment to its last, unless its worker is kept from it, which its state tells.
_IDLE_SECONDS: Final = 2.0
_KEPT_FROM_WORK: Final = {
    psutil.STATUS_STOPPED,
    psutil.STATUS_TRACING_STOP,
    psutil.STATUS_DISK_SLEEP,
}
if sys.platform == "linux":  # elsewhere, a process that sleeps is called running, too
    _KEPT_FROM_WORK.add(psutil.STATUS_RUNNING)


class RolloutError(GoEmotionsError):
    """The new version can't take over; the old one goes on."""


class DrainError(GoEmotionsError):
    """The new version has taken over, but the old one does not become idle."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """The version that answers now, its archive, and the version that answered before."""

    old: str
    new: str
    archive: Path


def roll_out(
    record: RunRecord, archive: Path, timeout_seconds: float, report: Callable[[str], None]
) -> Rollout:
    """Let ``archive`` answer in place of the running default version.

    No request fails: the new version has as many workers as the old one before it is made default,
    and the old one is unregistered when it has answered all that it was asked. Both are in memory
    until then. ``report`` is called with each step. Afterwards the record of the run names the new
    archive.

    Raises ``ChecksumError``, ``RolloutError`` and ``ManagementError``; the old version serves as
    before then and the new one is gone, as after Ctrl-C. Raises ``DrainError`` if the old version
    is not idle after ``timeout_seconds``; the new one serves then.
    """
    instance = record.instance
    with one_at_a_time(instance.log_dir):
        sha256 = verify_checksum(archive)
        new = archive_version(archive)
        management = Management(instance)
        old = management.default_version()
        _refuse_registered(new, management)
        stored = _store(archive, new, Path(record.archive).parent)
        worker_log = WorkerLog(instance.log_dir)
        try:
            report(f"loading version {new}")
            _register(management, stored, max(1, len(old.workers) - old.lost_workers), worker_log)
            report(f"checking version {new}")
            _check(instance, new)
            management.make_default(new)
        except BaseException:
            with suppress(ManagementError):  # it may not have come to be registered
                management.unregister(new)
            raise
        replace(record, archive=str(stored.absolute()), sha256=sha256).save(instance.log_dir)
        report(f"version {new} answers; waiting for {old.version} to end what it is at")
        _wait_until_idle(management, old.version, timeout_seconds)
        management.unregister(old.version)
        return Rollout(old.version, new, stored)


def _refuse_registered(version: str, management: Management) -> None:
    if version in {each.version for each in management.versions()}:
        raise RolloutError(
            f"version {version} is registered already, and TorchServe tells archives apart by "
            "their version alone; give the new one its own, in config.json of its model folder "
            "(goemotions, version), then make package"
        )


def _store(archive: Path, version: str, store: Path) -> Path:
    """``archive`` in the model store: TorchServe takes archives from nowhere else."""
    if archive.absolute().parent == store.absolute():
        return archive
    stored = store / f"goemotions-{version}.mar"
    for source, target in ((archive, stored), (checksum_file(archive), checksum_file(stored))):
        draft = target.with_name(f".{target.name}.new")
        shutil.copyfile(source, draft)
        draft.replace(target)
    checksum = checksum_file(stored)
    checksum.write_text(checksum.read_text().partition(" ")[0] + f"  {stored.name}\n")
    return stored


def _register(management: Management, archive: Path, workers: int, worker_log: WorkerLog) -> None:
    try:
        management.register(archive.name, workers)
    except ManagementError as error:
        reason = worker_log.failure()
        raise RolloutError(
            f"its workers can't load {archive}: {reason}; the trace is in model_log.log"
            if reason
            else f"TorchServe does not take {archive}: {error}"
        ) from error


def _check(instance: Instance, version: str) -> None:
    client = Client(instance, version=version, attempts=0, answer_seconds=_ANSWER_SECONDS)
    for comment in _CHECKED_WITH:
        try:
            client.predict(comment)
        except ServiceUnavailableError as error:
            raise RolloutError(
                f"the new version does not answer {comment[:30]!r}: {error}; see ts_log.log and "
                "model_log.log in the log folder"
            ) from error


def _wait_until_idle(management: Management, version: str, timeout_seconds: float) -> None:
    """Come back when ``version`` is idle; raises ``DrainError`` if it does not become so in time.

    TorchServe tells how many requests wait in a version's queue, but not what its workers do.
    """
    busy_at, computed = time.monotonic(), -1.0

    def is_idle() -> bool:
        nonlocal busy_at, computed
        (found,) = [each for each in management.versions() if each.version == version]
        before, computed = computed, _computed_seconds(found)
        if found.pending_requests or computed != before or _is_kept_from_work(found):
            busy_at = time.monotonic()
        # Describing is work too, so it is asked for last.
        is_quiet = time.monotonic() >= busy_at + _IDLE_SECONDS
        return is_quiet and management.describes(version)

    if not wait_until(is_idle, timeout_seconds):
        raise DrainError(
            f"version {version} is still at work after {timeout_seconds:g} s; the new one "
            f"answers, and the old one ends by: curl -X DELETE {management.url}/{version}"
        )


def _computed_seconds(version: Version) -> float:
    return sum(map(computed_seconds, _processes(version)))


def _is_kept_from_work(version: Version) -> bool:
    with suppress(psutil.Error):  # it ended, and TorchServe has answered its requests
        return any(process.status() in _KEPT_FROM_WORK for process in _processes(version))
    return True  # so look again


def _processes(version: Version) -> list[psutil.Process]:
    found = []
    for worker in version.workers:
        with suppress(psutil.Error, ValueError):  # it ended, or has no process yet
            found.append(psutil.Process(worker.pid))
    return found
