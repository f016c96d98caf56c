"""The cores and the memory that the service may use, with control groups of both versions."""

import os
import subprocess
import sys
from types import SimpleNamespace

import joblib
import psutil
import pytest

from archive.inputs import REPOSITORY
from service.resources import usable_cores, usable_memory

VERSION_2 = "30 23 0:26 {root} {mount} rw,nosuid - cgroup2 cgroup2 rw"
VERSION_1 = "32 31 0:29 {root} {mount} rw,relatime - cgroup cgroup rw,cpu,cpuacct"
MEMORY = "35 31 0:32 {root} {mount} rw,relatime - cgroup cgroup rw,memory"

cores = pytest.fixture(
    lambda monkeypatch: monkeypatch.setattr("service.resources.cpu_count", lambda: 8)
)


@pytest.fixture
def process(tmp_path, cores):
    """Makes the folder under /proc of a process on eight cores, in the group `path`."""

    def make(line, path, root="/", controllers=""):
        (tmp_path / "cgroup").write_text(f"4:memory:/other\n1:{controllers}:{path}\n")
        mounts = [MEMORY.format(root="/", mount=tmp_path / "memory")]
        mounts.append(line.format(root=root, mount=tmp_path / "mount"))
        (tmp_path / "mountinfo").write_text("\n".join(mounts) + "\n")
        return tmp_path

    return make


def limit(folder, **quotas):
    """Give a group the content of its files: `cpu_max` is `cpu.max`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in quotas.items():
        (folder / name.replace("_", ".", 1)).write_text(text + "\n")


@pytest.mark.parametrize(
    ("quota", "expected"),
    [
        ("200000 100000", 2),
        ("150000 100000", 2),  # a core and a half is two, as for Java
        ("20000 100000", 1),
        ("max 100000", 8),
        ("1600000 100000", 8),  # more than there are
    ],
)
def test_a_quota_of_version_2_bounds_the_cores(process, quota, expected):
    proc = process(VERSION_2, "/system.slice/goemotions.service")
    limit(proc / "mount/system.slice/goemotions.service", cpu_max=quota)
    assert usable_cores(proc) == expected


@pytest.mark.parametrize(
    ("quota", "period", "expected"),
    [("300000", "100000", 3), ("25000", "50000", 1), ("-1", "100000", 8)],
)
def test_a_quota_of_version_1_bounds_the_cores(process, quota, period, expected):
    proc = process(VERSION_1, "/batch", controllers="cpuacct,cpu")
    limit(proc / "mount/batch", cpu_cfs_quota_us=quota, cpu_cfs_period_us=period)
    assert usable_cores(proc) == expected


def test_the_tightest_quota_of_the_group_and_those_above_it_counts(process):
    proc = process(VERSION_2, "/a/b/c")
    limit(proc / "mount/a", cpu_max="300000 100000")
    limit(proc / "mount/a/b", cpu_max="max 100000")
    limit(proc / "mount/a/b/c", cpu_max="500000 100000")
    assert usable_cores(proc) == 3


def test_the_quota_of_another_group_is_none_of_its_own(process):
    proc = process(VERSION_2, "/mine")
    limit(proc / "mount/mine", cpu_max="max 100000")
    limit(proc / "mount/other", cpu_max="100000 100000")
    assert usable_cores(proc) == 8


@pytest.mark.parametrize("path", ["/docker/0123/worker", "/docker/0123"])
def test_a_containers_group_is_found_where_its_mount_begins_at_it(process, path):
    proc = process(VERSION_1, path, root="/docker/0123", controllers="cpu")
    limit(proc / "mount", cpu_cfs_quota_us="200000", cpu_cfs_period_us="100000")
    assert usable_cores(proc) == 2


def test_a_group_that_can_not_be_seen_leaves_what_the_mount_shows(process):
    proc = process(VERSION_2, "/../sibling")
    limit(proc / "mount", cpu_max="400000 100000")
    assert usable_cores(proc) == 4


def test_without_control_groups_the_cores_are_those_of_the_affinity(tmp_path, cores):
    assert usable_cores(tmp_path) == 8


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system has no affinity")
def test_a_process_that_may_run_on_one_core_counts_one():
    core = min(os.sched_getaffinity(0))
    code = (
        f"import os; os.sched_setaffinity(0, {{{core}}}); import service.resources as resources; "
    )
    counted = subprocess.run(
        [sys.executable, "-c", code + "print(resources.usable_cores())"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    assert counted.stdout.strip() == "1"


@pytest.mark.parametrize(
    ("file", "limit_of_group", "expected"),
    [
        ("memory.max", "1000000000", 1_000_000_000),
        ("memory.max", "max", 8_000_000_000),
        ("memory.max", "16000000000", 8_000_000_000),  # more than there is
        ("memory.limit_in_bytes", "2000000000", 2_000_000_000),
        ("memory.limit_in_bytes", "9223372036854771712", 8_000_000_000),  # version 1 has no limit
    ],
)
def test_the_memory_is_that_of_the_machine_or_of_a_group_with_less(
    process, file, limit_of_group, expected, monkeypatch
):
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=8_000_000_000))
    line = VERSION_2 if file == "memory.max" else MEMORY
    proc = process(line, "/batch", controllers="" if file == "memory.max" else "memory")
    (proc / "mount/batch").mkdir(parents=True)
    (proc / "mount/batch" / file).write_text(limit_of_group + "\n")
    assert usable_memory(proc) == expected


def test_this_process_counts_no_more_than_joblib_does():
    assert 1 <= usable_cores() <= joblib.cpu_count()
