"""`make serve`, `stop`, `status` and `scale`: what they say, how they end, what they leave."""

import shutil
import signal
import subprocess
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
import requests

from archive.checksum import write_checksum
from archive.inputs import REPOSITORY
from service.run_record import RunRecord
from service.waiting import wait_until
from tests.e2e.operation import (
    assert_refused,
    command,
    copy_archive,
    environment,
    processes_of,
    run,
    start,
    stopped_at_the_end,
    with_entries,
)
from tests.e2e.probe import PATIENCE_SECONDS

pytestmark = pytest.mark.server


# One life in odd circumstances


@pytest.fixture(scope="module")
def odd(archive, free_ports, tmp_path_factory):
    """A service of a repository and a log folder with odd names, and a start beside its start.

    ``TS_CONFIG_FILE``, by which TorchServe would take another configuration, is set.
    """
    folder = tmp_path_factory.mktemp("odd") / "a b,c%d"
    for part in ("archive", "handler", "scripts", "service", "terminal"):
        shutil.copytree(REPOSITORY / part, folder / part)
    for part in ("config.properties", "log4j2.xml", "metrics.yaml"):
        shutil.copy(REPOSITORY / part, folder)
    (folder / "elsewhere.properties").write_text("inference_address=http://0.0.0.0:1\n")
    env = environment(
        free_ports(5),
        folder / "logs",
        PYTHONPATH=f"{folder}:{folder}/handler",
        TS_CONFIG_FILE=str(folder / "elsewhere.properties"),
    )
    with stopped_at_the_end(env):
        with subprocess.Popen(
            command("start", "--archive", archive),
            cwd=folder,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as first:
            assert wait_until(lambda: processes_of(env), PATIENCE_SECONDS)
            second = run(env, "start", "--archive", archive)
            output, errors = first.communicate()
        assert first.returncode == 0, errors
        yield SimpleNamespace(env=env, output=output, second=second)


def test_a_started_service_tells_its_address_and_a_curl_that_works(odd):
    (line,) = [line for line in odd.output.splitlines() if line.startswith("try: ")]
    answer = subprocess.run(
        ["bash", "-c", line.removeprefix("try: ")], capture_output=True, text=True, check=True
    )
    assert answer.stdout.startswith('{"success": true, "prediction": "')
    assert f"127.0.0.1:{odd.env['INFERENCE_PORT']}/predictions/goemotions" in odd.output


def test_a_second_start_is_refused_while_the_first_is_under_way(odd):
    assert odd.second.returncode == 2
    (line,) = odd.second.stderr.splitlines()
    assert "under way" in line


def test_the_environment_does_not_change_the_configuration(odd):
    server = RunRecord.load(Path(odd.env["LOG_DIR"])).processes().server
    listening = {
        connection.laddr.ip
        for connection in server.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    }
    assert {address.removeprefix("::ffff:") for address in listening} == {"127.0.0.1"}


def test_a_repository_and_a_log_folder_with_odd_names_are_served_from(odd):
    assert (Path(odd.env["LOG_DIR"]) / "predictions.log").is_file()


# Starts that fail


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
        cwd=REPOSITORY,
        env=own_env,
        stderr=subprocess.PIPE,
        text=True,
    ) as starting:
        assert wait_until(lambda: processes_of(own_env), PATIENCE_SECONDS)
        starting.send_signal(signal.SIGINT)
        _, errors = starting.communicate()
    assert starting.returncode == 130
    assert errors == "serve: interrupted\n"
    assert processes_of(own_env) == []


# Ends


def test_after_a_killed_server_a_new_start_works_and_a_stop_then_leaves_nothing(own_env, archive):
    log_dir = Path(own_env["LOG_DIR"])
    start(own_env, archive)
    server = RunRecord.load(log_dir).processes().server
    server.suspend()  # so that it can't end its worker
    server.kill()
    psutil.wait_procs([server])
    assert run(own_env, "status").returncode == 3
    start(own_env, archive)
    # The server, a worker and a keeper: those of the first start are gone.
    assert wait_until(lambda: len(processes_of(own_env)) == 3, PATIENCE_SECONDS)
    temp_dir = Path(RunRecord.load(log_dir).temp_dir)
    assert temp_dir.is_dir()
    done = run(own_env, "stop")
    assert (done.returncode, done.stdout) == (0, "stopped\n")
    assert processes_of(own_env) == []
    assert not temp_dir.exists()
    assert run(own_env, "status").returncode == 3


# The shared service


def test_a_second_start_is_refused_and_the_first_goes_on(service_env, probe, archive):
    done = run(service_env, "start", "--archive", archive)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert f"already running at {probe.instance.inference_url}" in line
    assert "make stop" in line
    assert probe.ask({"comment": "I love this"}).status_code == 200


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
    record = service.log_dir / "run" / "instance.json"
    before = record.read_text()
    try:
        record.write_text(before.replace(f'"{service.management_port}"', f'"{nobody}"'))
        done = run(service_env, "status")
    finally:
        record.write_text(before)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert f"127.0.0.1:{nobody}" in line


def test_a_service_that_answers_is_ready(service_env, service):
    done = run(service_env, "ready")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"ready: {service.prediction_url} answers\n"


def test_a_service_that_does_not_answer_in_time_is_not_ready(service_env):
    done = run({**service_env, "READY_SECONDS": "0.001"}, "ready")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "gives no prediction" in line


def test_scaling_comes_back_when_it_is_so(service_env, probe):
    description = f"{probe.instance.management_url}/models/goemotions"
    for workers in (2, 1):
        done = run({**service_env, "WORKERS": str(workers)}, "scale")
        assert done.returncode == 0, done.stderr
        assert str(workers) in done.stdout
        (version,) = requests.get(description, timeout=PATIENCE_SECONDS).json()
        assert [worker["status"] for worker in version["workers"]] == ["READY"] * workers
        assert probe.ask({"comment": "I love this"}).status_code == 200
