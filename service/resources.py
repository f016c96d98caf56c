"""The cores and the memory that this process may use."""

import math
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

import psutil
from joblib import cpu_count

_PROC: Final = Path("/proc/self")
# Version 1 writes a limit of about 2**63 bytes if there is none, version 2 the word "max".
_NO_LIMIT: Final = 2**60


def usable_cores(proc: Path = _PROC) -> int:
    """The cores that affinity and quotas leave to this process, at least 1.

    joblib knows the affinity, and the quota at the top of ``/sys/fs/cgroup``, which is a
    container's own. systemd's ``CPUQuota=`` and groups made by hand are below that; they are read
    here, from the process's own group up to the top. A quota of one and a half cores counts as
    two, as in Java. ``proc`` is this process's folder under ``/proc``.
    """
    cores = int(cpu_count())
    for group in _groups(proc, "cpu"):
        if (quota := _quota(group)) is not None:
            cores = min(cores, math.ceil(quota))
    return max(1, cores)


def usable_memory(proc: Path = _PROC) -> int:
    """The bytes that the machine has, or fewer if a control group of this process has a limit."""
    limits = [_memory_limit(group) for group in _groups(proc, "memory")]
    return min([int(psutil.virtual_memory().total), *(limit for limit in limits if limit)])


def _groups(proc: Path, controller: str) -> Iterator[Path]:
    """The folders of this process's control groups that ``controller`` governs.

    None outside Linux. ``/proc/self/cgroup`` has a path for each hierarchy, which begins at the
    root of that hierarchy's mount: see cgroups(7) and proc_pid_mountinfo(5).
    """
    try:
        own_lines = (proc / "cgroup").read_text(encoding="utf-8").splitlines()
        mounts = (proc / "mountinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    paths = {
        name: PurePosixPath(path)
        for _, names, path in (line.split(":", 2) for line in own_lines)
        for name in names.split(",")  # version 2 names none
    }
    for line in mounts:
        place, _, kind = line.partition(" - ")
        root, mount = place.split(" ")[3:5]
        hierarchy = _hierarchy(kind, controller)
        if hierarchy is not None and (path := paths.get(hierarchy)) is not None:
            yield from _up_to(Path(mount), path, PurePosixPath(root))


def _hierarchy(kind: str, controller: str) -> str | None:
    """The name of a mount's hierarchy in ``/proc/self/cgroup``; None if it has another purpose."""
    file_system, _, options = kind.split(" ", 2)
    if file_system == "cgroup2":
        return ""
    governs = file_system == "cgroup" and controller in options.split(",")
    return controller if governs else None


def _up_to(mount: Path, path: PurePosixPath, root: PurePosixPath) -> Iterator[Path]:
    """The group of ``path`` and those above it, as far as ``mount`` shows them."""
    # A path that is not below the root, or leads out of it, can't be seen from here.
    seen = path.is_relative_to(root) and ".." not in path.parts
    group = mount / (path.relative_to(root) if seen else "")
    while group != mount:
        yield group
        group = group.parent
    yield mount


def _quota(group: Path) -> float | None:
    """The cores that ``group`` may use; None if it sets no bound."""
    try:
        quota, period = _read_quota(group)
    except OSError:  # the top of version 2 has no such file, and a group may be hidden
        return None
    return None if quota in {"max", "-1"} else int(quota) / int(period)


def _read_quota(group: Path) -> tuple[str, str]:
    """The microseconds that the group may run in each period, and those of a period."""
    version_2 = group / "cpu.max"
    if version_2.is_file():
        quota, period = version_2.read_text(encoding="ascii").split()
    else:
        quota = (group / "cpu.cfs_quota_us").read_text(encoding="ascii").strip()
        period = (group / "cpu.cfs_period_us").read_text(encoding="ascii").strip()
    return quota, period


def _memory_limit(group: Path) -> int | None:
    """The bytes that ``group`` may use; None if it sets no bound."""
    for name in ("memory.max", "memory.limit_in_bytes"):  # version 2, version 1
        try:
            text = (group / name).read_text(encoding="ascii").strip()
        except OSError:
            continue
        return int(text) if text != "max" and int(text) < _NO_LIMIT else None
    return None
