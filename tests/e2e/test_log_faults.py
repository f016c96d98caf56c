"""The prediction log if its folder is full, in a foreign script, left half done, or robbed."""

import gzip
import json
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
import requests

from archive.inputs import REPOSITORY
from service.instance import Instance
from service.run_record import RunRecord
from service.waiting import wait_until
from tests.e2e.operation import (
    command,
    environment,
    processes_of,
    run,
    start,
    stopped_at_the_end,
)
from tests.e2e.probe import PATIENCE_SECONDS, Probe

pytestmark = pytest.mark.server

COMMENT = {"comment": "I love this"}
LINES = '{"time": "t", "request_id": "a"}\n{"time": "t", "request_id": "b"}\n'
ROTATED = "predictions.2026-11-28.1.log"


def logged(log_dir):
    """The ids of the requests in the log; fails if a line is not whole."""
    lines = (log_dir / "predictions.log").read_text().splitlines()
    return [json.loads(line)["request_id"] for line in lines]


# One life in a log folder that an earlier end has left half done


@pytest.fixture(scope="module")
def odd_env(archive, free_ports, tmp_path_factory):
    """A service started in the locale C, among settings that are meant for other programs."""
    log_dir = tmp_path_factory.mktemp("logs") / "протокол"
    log_dir.mkdir()
    (log_dir / "predictions.log").write_text(LINES + '{"time": "t", "te')
    (log_dir / ROTATED).write_text(LINES)
    (log_dir / f"{ROTATED}.gz").write_bytes(gzip.compress(LINES.encode())[:20])
    env = environment(
        free_ports(5),
        log_dir,
        LC_ALL="C",
        JAVA_TOOL_OPTIONS="-Dmy.version=1",
        LOG4J_CONFIGURATION_FILE="/nowhere.xml",
        PYTHONWARNINGS="error",
        RANK="first",
        PREDICTIONS_LOG_SIZE="10 KB",
    )
    with stopped_at_the_end(env):
        start(env, archive)
        yield env


@pytest.fixture
def odd(odd_env):
    """Asks that service."""
    return Probe(Instance.from_env(odd_env))


def test_a_log_folder_in_another_script_takes_the_log_in_the_locale_c(odd_env, odd):
    assert odd.entry(odd.ask({"comment": "спасибо"}))["text"] == "спасибо"
    assert not [*Path(odd_env["LOG_DIR"]).parent.glob("*[?]*")]


def test_a_start_mends_half_lines_and_broken_archives(odd_env):
    log_dir = Path(odd_env["LOG_DIR"])
    assert not (log_dir / ROTATED).exists()
    assert gzip.decompress((log_dir / f"{ROTATED}.gz").read_bytes()).decode() == LINES
    rotated = [gzip.decompress(file.read_bytes()) for file in log_dir.glob("predictions.*.gz")]
    lines = b"".join([*rotated, (log_dir / "predictions.log").read_bytes()]).splitlines()
    ids = [json.loads(line)["request_id"] for line in lines]
    assert (ids.count("a"), ids.count("b")) == (2, 2)


def test_a_log_that_was_removed_is_noticed_until_the_next_rotation(odd_env, odd):
    assert run(odd_env, "status").returncode == 0
    log = odd.instance.log_dir / "predictions.log"
    log.unlink()
    done = run(odd_env, "status")
    assert done.returncode == 2
    assert f"{log} was removed" in done.stderr.splitlines()[-1]

    def is_back():
        odd.ask({"comment": "a" * 9000})
        return log.exists()

    assert wait_until(is_back, PATIENCE_SECONDS)
    assert wait_until(lambda: run(odd_env, "status").returncode == 0, PATIENCE_SECONDS)
    assert odd.entry(odd.ask(COMMENT))["prediction"] == "love"


# A full disk


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 3 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "none", str(disk)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no file system can be mounted here: {error}")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.fixture
def fill(small_disk):
    """Takes all room on the small disk, and gives it back."""
    file = small_disk / "filler"

    def fill():
        with suppress(OSError), file.open("wb", buffering=0) as stream:  # until it is full
            while True:
                stream.write(b"x" * 4096)
        return file

    return fill


def test_on_a_full_disk_it_answers_and_tells_that_lines_are_missing_and_all_others_are_whole(
    free_ports, archive, small_disk, fill
):
    env = environment(free_ports(5), small_disk)
    with stopped_at_the_end(env):
        start(env, archive)
        probe = Probe(Instance.from_env(env))
        before = logged(small_disk)
        filler = fill()
        replies = [probe.ask(COMMENT) for _ in range(5)]
        assert [reply.status_code for reply in replies] == [200] * 5
        done = run(env, "status")
        assert done.returncode == 2
        told = done.stderr.splitlines()[-1]
        assert "lines missing since the start, for want of room on the disk: 5" in told
        assert "is full" in told

        filler.unlink()
        replies = [probe.ask(COMMENT) for _ in range(3)]
        for reply in replies:
            probe.entry(reply)
        assert logged(small_disk) == [
            *before,
            *(reply.headers["x-request-id"] for reply in replies),
        ]
        metrics = requests.get(probe.instance.metrics_url, timeout=PATIENCE_SECONDS).text
        assert "\ngoemotions_lost_log_lines_total{" in metrics
        done = run(env, "status")
        assert done.returncode == 2
        assert "lines missing since the start, for want of room on the disk: 5" in done.stderr
        assert "is full" not in done.stderr


# A write that fails though the disk has room


@pytest.mark.skipif(not hasattr(psutil.Process, "rlimit"), reason="no limits of another process")
def test_a_write_that_fails_is_told_and_the_half_line_is_removed_by_the_next_start(
    own_env, archive
):
    start(own_env, archive)
    probe = Probe(Instance.from_env(own_env))
    log = probe.instance.log_dir / "predictions.log"
    first = logged(log.parent)
    replies = [probe.ask({"comment": "a" * 9000}), probe.ask(COMMENT)]  # longer than console.log
    for reply in replies:
        probe.entry(reply)
    server = RunRecord.load(log.parent).processes().server
    server.rlimit(psutil.RLIMIT_FSIZE, (log.stat().st_size + 20, psutil.RLIM_INFINITY))
    assert probe.ask(COMMENT).status_code == 200
    assert wait_until(lambda: not log.read_bytes().endswith(b"\n"), PATIENCE_SECONDS)
    done = run(own_env, "status")
    assert done.returncode == 2
    assert "could not write lines" in done.stderr.splitlines()[-1]

    server.rlimit(psutil.RLIMIT_FSIZE, (psutil.RLIM_INFINITY, psutil.RLIM_INFINITY))
    replies.append(probe.ask(COMMENT))
    glued = replies[-1].headers["x-request-id"].encode()
    assert wait_until(lambda: glued in log.read_bytes(), PATIENCE_SECONDS)
    assert run(own_env, "stop").returncode == 0
    start(own_env, archive)
    expected = [*first, *(reply.headers["x-request-id"] for reply in replies)]
    assert logged(log.parent)[:-1] == expected  # and that of the second start
    assert run(own_env, "status").returncode == 0


# A lack of memory


def test_a_worker_that_is_killed_while_it_loads_ends_the_start_with_what_may_be_the_reason(
    own_env, archive
):
    def loading_worker():
        for process in processes_of(own_env):
            with suppress(psutil.NoSuchProcess):  # the launcher's, say
                is_worker = any("model_service_worker" in part for part in process.cmdline())
                # It has run for long enough to be seen, and not to have loaded the model.
                if is_worker and process.cpu_times().user > 0.5:
                    return process
        return None

    with subprocess.Popen(
        command("start", "--archive", archive),
        cwd=REPOSITORY,
        env=own_env,
        stderr=subprocess.PIPE,
        text=True,
    ) as starting:
        worker = wait_until(loading_worker, PATIENCE_SECONDS, pause_seconds=0.05)
        worker.send_signal(signal.SIGKILL)
        _, errors = starting.communicate()
    assert starting.returncode == 2
    assert "may have been killed for lack of memory" in errors
    assert "trace is in" not in errors
    assert processes_of(own_env) == []
