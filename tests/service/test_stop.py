"""The processes of an instance and their end, with stand-ins that name its folder."""

import os
import subprocess
import sys

import psutil
import pytest

from goemotions.errors import GoEmotionsError
from service.instance import Instance
from service.run_record import (
    AlreadyRunningError,
    NothingRunsError,
    RunRecord,
    is_alive,
    one_at_a_time,
)
from service.stop import StopError, stop
from service.waiting import wait_until

SLEEP = "import sys, time; print('up', flush=True); time.sleep(600)"


@pytest.fixture
def record(tmp_path):
    """The saved record of a start whose processes are still to come."""
    temp_dir = tmp_path / "temp"
    temp_dir.mkdir()
    env = Instance.from_env({"LOG_DIR": str(tmp_path / "logs"), "WORKERS": "1"}).to_env()
    made = RunRecord(str(temp_dir), "some.mar", "0" * 64, "21", "0.12.0", env)
    made.save(tmp_path / "logs")
    return made


@pytest.fixture
def launch(record):
    """Starts a process with these arguments and variables, which ends with the test."""
    launched = []

    def launch(*arguments, **variables):
        process = subprocess.Popen(
            [sys.executable, "-c", SLEEP, *arguments],
            env={**os.environ, **variables},
            stdout=subprocess.PIPE,
            text=True,
        )
        launched.append(process)
        assert process.stdout.readline() == "up\n"
        return process

    yield launch
    for process in launched:
        process.kill()
        process.communicate()


@pytest.fixture
def server(launch, record):
    return launch(f"-Djava.io.tmpdir={record.temp_dir}")


@pytest.fixture
def worker(launch, record):
    return launch(f"{record.temp_dir}/.ts.sock.9000")


def log_dir_of(record):
    return record.instance.log_dir


def test_the_processes_of_a_start_are_those_that_name_its_folder(record, server, worker, launch):
    launch("-Djava.io.tmpdir=/elsewhere")
    found = record.processes()
    assert found.server.pid == server.pid
    assert [each.pid for each in found.workers] == [worker.pid]
    assert [each.pid for each in found.all] == [server.pid, worker.pid]


def test_a_worker_on_a_tcp_port_is_known_by_its_environment(record, launch):
    command = ("model_service_worker.py", "--sock-type", "tcp", "--port", "9000")
    own = launch(*command, TEMP=record.temp_dir)
    launch(*command, TEMP="/elsewhere")
    launch(*command)
    assert [each.pid for each in record.processes().workers] == [own.pid]


def test_a_keeper_is_known_by_the_log_folder_and_ended_with_the_rest(record, server, launch):
    command = ("-m", "service.keeper")
    own = launch(*command, str(log_dir_of(record)), "/the/folder/of/another/start")
    other = launch(*command, "/elsewhere", record.temp_dir)
    assert [each.pid for each in record.processes().keepers] == [own.pid]
    assert stop(log_dir_of(record))
    assert not is_alive(psutil.Process(own.pid))
    assert is_alive(psutil.Process(other.pid))


def test_a_zombie_counts_as_ended(record, server):
    process = psutil.Process(server.pid)
    assert is_alive(process)
    server.kill()  # and it stays a zombie, since nobody waits for it
    assert wait_until(lambda: process.status() == psutil.STATUS_ZOMBIE, seconds=60)
    assert not is_alive(process)
    assert record.processes().all == ()
    with pytest.raises(NothingRunsError, match=r"nothing runs .*make serve"):
        RunRecord.load_running(log_dir_of(record))


def test_a_stop_does_not_wait_for_zombies(record, server, worker, tmp_path, monkeypatch):
    monkeypatch.setattr("service.stop._SECONDS_TO_END", 1e6)
    monkeypatch.setattr("service.stop._SECONDS_TO_DIE", 1e6)
    assert stop(log_dir_of(record))
    assert not (tmp_path / "temp").exists()
    assert RunRecord.load(log_dir_of(record)) is None
    assert not stop(log_dir_of(record))


def test_a_worker_without_its_server_is_cleared_and_nothing_ran(record, worker):
    assert not stop(log_dir_of(record))
    assert not is_alive(psutil.Process(worker.pid))


@pytest.mark.parametrize("signal", ["terminate", "kill"])
def test_the_process_of_another_user_is_named_with_what_to_do(record, server, signal, monkeypatch):
    def refuse(process):
        raise psutil.AccessDenied(process.pid)

    monkeypatch.setattr(psutil.Process, "terminate", lambda _: None)
    monkeypatch.setattr("service.stop._SECONDS_TO_END", 0)
    monkeypatch.setattr(psutil.Process, signal, refuse)
    message = f"process {server.pid} belongs to another user; ask them to end it, or use sudo"
    with pytest.raises(StopError, match=message):
        stop(log_dir_of(record))
    assert RunRecord.load(log_dir_of(record)) == record


def test_a_record_that_can_not_be_read_is_named(record):
    (log_dir_of(record) / "run" / "instance.json").write_text("{")
    with pytest.raises(GoEmotionsError, match=r"instance\.json does not tell what runs"):
        RunRecord.load(log_dir_of(record))


def test_two_commands_do_not_change_one_instance_at_the_same_time(tmp_path):
    under_way = pytest.raises(AlreadyRunningError, match="is under way")
    with one_at_a_time(tmp_path), under_way, one_at_a_time(tmp_path):
        pass
    with one_at_a_time(tmp_path):
        pass
