"""`make serve`, `stop`, `status` and `scale`: what they say, how they end, what they leave."""

import shutil
import signal
import socket
import subprocess
from pathlib import Path

import psutil
import pytest
import requests

from archive.checksum import write_checksum
from service.run_record import RunRecord
from tests.e2e.operation import (
    TOP,
    assert_refused,
    command,
    copy_archive,
    environment,
    processes_of,
    run,
    start,
    with_entries,
)
from tests.e2e.probe import wait_until


def test_a_started_service_tells_its_address_and_a_curl_that_works(own_env, archive):
    done = start(own_env, archive)
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("try: ")]
    answer = subprocess.run(
        ["bash", "-c", line.removeprefix("try: ")], capture_output=True, text=True, check=True
    )
    assert answer.stdout.startswith('{"success": true, "prediction": "')
    assert f"127.0.0.1:{own_env['INFERENCE_PORT']}/predictions/goemotions" in done.stdout


def test_a_second_start_is_refused_and_the_first_goes_on(service_env, probe, archive):
    done = run(service_env, "start", "--archive", archive)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert f"already running at {probe.instance.inference_url}" in line
    assert "make stop" in line
    assert probe.ask({"comment": "I love this"}).status_code == 200


def test_a_second_start_is_refused_while_the_first_is_under_way(own_env, archive):
    with subprocess.Popen(
        command("start", "--archive", archive), cwd=TOP, env=own_env, stdout=subprocess.DEVNULL
    ) as first:
        assert wait_until(lambda: processes_of(own_env), bool)
        second = run(own_env, "start", "--archive", archive)
    assert first.returncode == 0
    assert second.returncode == 2
    (line,) = second.stderr.splitlines()
    assert "under way" in line


@pytest.mark.parametrize("variable", ["INFERENCE_PORT", "METRICS_PORT", "GRPC_MANAGEMENT_PORT"])
def test_a_taken_port_is_named_with_the_variable_that_changes_it(variable, own_env, archive):
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(own_env[variable])))
        other.listen()
        done = run(own_env, "start", "--archive", archive)
    assert_refused(
        done, own_env, f"taken: {variable}={own_env[variable]}", f"make serve {variable}="
    )


def test_two_variables_with_the_same_port_are_refused(own_env, archive):
    env = {**own_env, "METRICS_PORT": own_env["INFERENCE_PORT"]}
    done = run(env, "start", "--archive", archive)
    assert_refused(done, env, "INFERENCE_PORT and METRICS_PORT are both")


def test_a_java_home_without_java_is_named(own_env, archive, tmp_path):
    env = {**own_env, "JAVA_HOME": str(tmp_path)}
    done = run(env, "start", "--archive", archive)
    assert_refused(done, env, f"{tmp_path}/bin/java", "JAVA_HOME")


def test_an_archive_that_is_not_there_is_named(own_env, tmp_path):
    done = run(own_env, "start", "--archive", tmp_path / "goemotions.mar")
    assert_refused(done, own_env, tmp_path / "goemotions.mar", "make package")


def test_an_archive_without_its_sum_is_refused(own_env, archive, tmp_path):
    copy = copy_archive(archive, tmp_path / "store")
    copy.with_name("goemotions.mar.sha256").unlink()
    done = run(own_env, "start", "--archive", copy)
    assert_refused(done, own_env, "goemotions.mar.sha256", "make package")


def test_an_altered_archive_is_refused(own_env, archive, tmp_path):
    copy = copy_archive(archive, tmp_path / "store")
    with copy.open("r+b") as stream:
        stream.seek(1000)
        stream.write(b"\0")
    done = run(own_env, "start", "--archive", copy)
    assert_refused(done, own_env, f"{copy} is damaged or altered", "make package")


def test_a_cut_off_archive_is_refused(own_env, archive, tmp_path):
    copy = copy_archive(archive, tmp_path / "store")
    with copy.open("r+b") as stream:
        stream.truncate(copy.stat().st_size // 2)
    done = run(own_env, "start", "--archive", copy)
    assert_refused(done, own_env, f"{copy} is damaged or altered", "make package")


def test_a_worker_that_can_not_load_ends_the_start_with_its_own_words(own_env, archive, tmp_path):
    settings = "handler:\n  max_char: 10\n"
    broken = with_entries(archive, tmp_path / "store", {"model-config.yaml": settings})
    done = run(own_env, "start", "--archive", broken)
    assert_refused(done, own_env, "SettingsError: unknown setting max_char", "model_log.log")


def test_a_missing_dependency_is_named_and_not_what_torchserve_tried_next(
    own_env, archive, tmp_path
):
    broken = with_entries(
        archive, tmp_path / "store", {"goemotions/classifier.py": "import a_missing_package\n"}
    )
    done = run(own_env, "start", "--archive", broken)
    assert_refused(done, own_env, "ModuleNotFoundError: No module named 'a_missing_package'")


def test_an_archive_that_torchserve_can_not_read_ends_the_start(own_env, archive, tmp_path):
    broken = copy_archive(archive, tmp_path / "store")
    with broken.open("r+b") as stream:
        stream.truncate(broken.stat().st_size // 2)
    write_checksum(broken)
    done = run(own_env, "start", "--archive", broken)
    assert_refused(done, own_env, "can't read the archive", "ts_log.log")


def test_a_start_that_takes_too_long_is_given_up(own_env, archive):
    done = run({**own_env, "START_SECONDS": "0.1"}, "start", "--archive", archive)
    assert_refused(done, own_env, "not ready after 0.1 s", "START_SECONDS")


def test_ctrl_c_during_a_start_leaves_nothing(own_env, archive):
    with subprocess.Popen(
        command("start", "--archive", archive),
        cwd=TOP,
        env=own_env,
        stderr=subprocess.PIPE,
        text=True,
    ) as starting:
        assert wait_until(lambda: processes_of(own_env), bool)
        starting.send_signal(signal.SIGINT)
        _, errors = starting.communicate()
    assert starting.returncode == 130
    assert errors == "serve: interrupted\n"
    assert processes_of(own_env) == []


def test_stopping_what_does_not_run_says_so_and_is_no_failure(own_env):
    done = run(own_env, "stop")
    assert done.returncode == 0
    assert done.stdout == f"nothing runs (LOG_DIR={own_env['LOG_DIR']})\n"


def test_the_status_of_what_does_not_run_is_3(own_env):
    done = run(own_env, "status")
    assert done.returncode == 3
    assert "nothing runs" in done.stdout
    assert "make serve" in done.stdout


def test_a_stop_ends_the_server_and_its_workers_and_removes_its_files(own_env, archive):
    start(own_env, archive)
    temp_dir = Path(RunRecord.load(Path(own_env["LOG_DIR"])).temp_dir)
    assert len(processes_of(own_env)) == 2
    assert temp_dir.is_dir()
    done = run(own_env, "stop")
    assert (done.returncode, done.stdout) == (0, "stopped\n")
    assert processes_of(own_env) == []
    assert not temp_dir.exists()
    assert run(own_env, "status").returncode == 3


def test_after_a_killed_server_its_workers_are_cleared_and_a_new_start_works(own_env, archive):
    start(own_env, archive)
    server = RunRecord.load(Path(own_env["LOG_DIR"])).processes().server
    server.suspend()  # so that it can't end its worker
    server.kill()
    psutil.wait_procs([server])
    assert run(own_env, "status").returncode == 3
    start(own_env, archive)
    assert len(processes_of(own_env)) == 2


def test_the_status_tells_versions_workers_and_queue(service_env, service):
    done = run(service_env, "status")
    assert done.returncode == 0
    for part in (
        service.prediction_url,
        "TorchServe  0.12.0",
        f"METRICS_PORT={service.metrics_port}",
        "goemotions.mar",
        "1 of 1",
        "0 of 2000 waiting",
        "ready",
        service.log_dir,
    ):
        assert str(part) in done.stdout


def test_the_status_of_a_service_that_does_not_answer_is_2(service_env, service, free_ports):
    (nobody,) = free_ports(1)
    log_dir = Path(service_env["LOG_DIR"])
    record = log_dir / "run" / "instance.json"
    before = record.read_text()
    try:
        record.write_text(before.replace(f'"{service.management_port}"', f'"{nobody}"'))
        done = run(service_env, "status")
    finally:
        record.write_text(before)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert f"127.0.0.1:{nobody}" in line


def test_scaling_comes_back_when_it_is_so(service_env, probe):
    description = f"{probe.instance.management_url}/models/goemotions"
    for workers in (2, 1):
        done = run({**service_env, "WORKERS": str(workers)}, "scale")
        assert done.returncode == 0, done.stderr
        assert str(workers) in done.stdout
        (version,) = requests.get(description, timeout=10).json()
        assert [worker["status"] for worker in version["workers"]] == ["READY"] * workers
        assert probe.ask({"comment": "I love this"}).status_code == 200


@pytest.mark.parametrize("number", ["", "0", "-1", "two", "2.5"])
def test_scaling_to_no_number_is_refused(number, service_env):
    done = run({**service_env, "WORKERS": number}, "scale")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "WORKERS" in line


def test_scaling_what_does_not_run_is_refused(own_env):
    assert_refused(run(own_env, "scale"), own_env, "nothing runs", "make serve")


def test_what_stands_in_the_environment_does_not_change_the_configuration(
    own_env, archive, tmp_path
):
    elsewhere = tmp_path / "elsewhere.properties"
    elsewhere.write_text("inference_address=http://0.0.0.0:1\n")
    env = {**own_env, "TS_CONFIG_FILE": str(elsewhere)}
    start(env, archive)
    server = RunRecord.load(Path(env["LOG_DIR"])).processes().server
    listening = {
        connection.laddr.ip
        for connection in server.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    }
    assert {address.removeprefix("::ffff:") for address in listening} == {"127.0.0.1"}


def test_a_repository_and_a_log_folder_with_odd_names_are_served_from(
    free_ports, archive, tmp_path
):
    folder = tmp_path / "a b,c%d"
    for part in ("scripts", "handler"):
        shutil.copytree(TOP / part, folder / part)
    for part in ("config.properties", "log4j2.xml", "metrics.yaml"):
        shutil.copy(TOP / part, folder)
    env = environment(free_ports(5), folder / "logs", PYTHONPATH=f"{folder}:{folder}/handler")
    started = subprocess.run(
        command("start", "--archive", archive), cwd=folder, env=env, check=False
    )
    try:
        assert started.returncode == 0
        assert (folder / "logs" / "predictions.log").is_file()
    finally:
        run(env, "stop")
    assert processes_of(env) == []
