"""The checks of the log folder, with files and processes of this test."""

import os
import sys
from types import SimpleNamespace

import pytest

from service.instance import Instance
from service.logs.health import LogError, bound_console, find_log_faults, prove_line

LOST = 'goemotions_lost_log_lines_total{Hostname="a",} '


@pytest.fixture
def log(tmp_path, monkeypatch):
    monkeypatch.setattr("service.logs.health._LINE_SECONDS", 0)
    monkeypatch.setattr("service.logs.health._ROTATION_SECONDS", 0)
    return tmp_path / "predictions.log"


@pytest.fixture
def record(log, monkeypatch):
    """The record of a service whose server is this process, and whose metrics are to be set."""
    metrics = SimpleNamespace(text="")
    session = SimpleNamespace(get=lambda *_, **__: metrics)
    monkeypatch.setattr("service.loopback.loopback_session", lambda: session)
    server = SimpleNamespace(pid=os.getpid())
    return SimpleNamespace(
        instance=Instance.from_env({"LOG_DIR": str(log.parent)}),
        processes=lambda: SimpleNamespace(server=server),
        metrics=metrics,
    )


def test_a_line_in_the_log_or_in_a_file_just_rotated_proves_an_answer(log):
    log.write_text('{"time": "t", "request_id": "mine"}\n')
    prove_line(log.parent, "mine")
    log.rename(log.with_name("predictions.2026-11-28.1.log"))
    prove_line(log.parent, "mine")


@pytest.mark.parametrize("content", [None, '{"time": "t", "request_id": "another"}\n'])
def test_an_answer_without_a_line_is_refused(content, log):
    if content is not None:
        log.write_text(content)
    with pytest.raises(LogError, match=r"no line in .*predictions\.log; see .*console\.log"):
        prove_line(log.parent, "mine")


def test_a_log_that_is_held_and_whole_has_no_faults(record, log):
    record.metrics.text = 'another_total{Hostname="a",} 3.0\n'
    with log.open("ab"):
        assert find_log_faults(record) == []


def test_lines_that_were_lost_are_counted_over_all_workers(record, log):
    record.metrics.text = f"# TYPE x counter\n{LOST}48.0\nanother_total{{}} 2.0\n{LOST}1.0\n"
    with log.open("ab"):
        (fault,) = find_log_faults(record)
    assert fault.startswith("lines missing since the start")
    assert fault.endswith(": 49")


def test_a_full_disk_is_a_fault(record, log, monkeypatch):
    monkeypatch.setattr("service.logs.health.has_room", lambda _: False)
    with log.open("ab"):
        (fault,) = find_log_faults(record)
    assert fault.startswith(f"the disk of {log.parent} is full")


def test_a_write_that_failed_is_a_fault(record, log):
    complaint = "ERROR Unable to write to stream /logs/predictions.log for appender predictions x\n"
    (log.parent / "console.log").write_text(f"Model server started.\n{complaint}\tat a.b()\n")
    with log.open("ab"):
        (fault,) = find_log_faults(record)
    assert "could not write lines" in fault


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells which files are open")
@pytest.mark.parametrize("another", [False, True])
def test_a_log_that_was_removed_under_the_server_is_a_fault(another, record, log):
    with log.open("ab"):
        log.unlink()
        if another:
            log.touch()
        (fault,) = find_log_faults(record)
    assert "predictions.log was removed or moved" in fault


@pytest.mark.parametrize(("size", "kept"), [(2**20, 2**20), (2**20 + 1, 0)])
def test_a_console_log_that_has_grown_is_emptied_under_its_writer(size, kept, tmp_path):
    console = tmp_path / "console.log"
    with console.open("ab", buffering=0) as writer:
        writer.write(b"x" * size)
        bound_console(tmp_path)
        assert console.stat().st_size == kept
        writer.write(b"more")
    assert console.stat().st_size == kept + 4


def test_a_console_log_that_is_not_there_needs_no_bound(tmp_path):
    bound_console(tmp_path)
