"""The cores that the service may use, with control groups of both versions."""

import os
import subprocess
import sys

import joblib
import pytest

from archive.inputs import REPOSITORY
from service.cores import usable_cores

VERSION_2 = "30 23 0:26 {root} {mount} rw,nosuid - cgroup2 cgroup2 rw"
VERSION_1 = "32 31 0:29 {root} {mount} rw,relatime - cgroup cgroup rw,cpu,cpuacct"
MEMORY = "35 31 0:32 {root} {mount} rw,relatime - cgroup cgroup rw,memory"

cores = pytest.fixture(
    lambda monkeypatch: monkeypatch.setattr("service.cores.cpu_count", lambda: 8)
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
    code = f"import os; os.sched_setaffinity(0, {{{core}}}); import service.cores as cores; "
    counted = subprocess.run(
        [sys.executable, "-c", code + "print(cores.usable_cores())"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    assert counted.stdout.strip() == "1"


def test_this_process_counts_no_more_than_joblib_does():
    assert 1 <= usable_cores() <= joblib.cpu_count()
