"""The keeper of a real TorchServe: what it lets through, and what it mends."""

import json
import re
import shutil
import signal
import subprocess
from pathlib import Path

import grpc
import pytest
import requests

from service.instance import Instance
from service.loopback import loopback_session
from service.management import Management
from service.run_record import RunRecord
from service.waiting import wait_until
from tests.e2e.operation import (
    assert_refused,
    environment,
    processes_of,
    run,
    start,
    stopped_at_the_end,
    with_entries,
)
from tests.e2e.probe import PATIENCE_SECONDS, Probe

pytestmark = pytest.mark.server


# The gate


def models(service):
    reply = requests.get(f"{service.management_url}/models", timeout=PATIENCE_SECONDS)
    return [model["modelName"] for model in reply.json()["models"]]


@pytest.fixture
def folder_of_code(tmp_path):
    """A folder that TorchServe would register, and the file that its code would write."""
    folder, mark = tmp_path / "code", tmp_path / "it-ran"
    (folder / "MAR-INF").mkdir(parents=True)
    manifest = {
        "runtime": "python",
        "model": {"modelName": "page", "handler": "page.py", "modelVersion": "1.0"},
        "archiverVersion": "0.12.0",
    }
    (folder / "MAR-INF" / "MANIFEST.json").write_text(json.dumps(manifest))
    (folder / "page.py").write_text(f"open({str(mark)!r}, 'w').close()\n")
    return folder, mark


BROWSERS = {
    "a page": {"Origin": "http://page.example"},
    "a name made to point here": {"Host": "page.example"},
    "a browser": {"Sec-Fetch-Site": "cross-site"},
}


@pytest.mark.parametrize("headers", BROWSERS.values(), ids=BROWSERS.keys())
def test_a_browser_registers_scales_and_deletes_nothing(headers, service, folder_of_code):
    folder, mark = folder_of_code
    model = "/models/goemotions"
    for method, path in (
        ("POST", f"/models?url={folder}&initial_workers=1&synchronous=true"),
        ("PUT", f"{model}?min_worker=2&max_worker=2&synchronous=true"),
        ("DELETE", model),
        ("GET", model),
    ):
        reply = loopback_session().request(
            method, service.management_url + path, headers=headers, timeout=PATIENCE_SECONDS
        )
        assert reply.status_code == 403, path
    assert models(service) == ["goemotions"]
    (version,) = requests.get(service.management_url + model, timeout=PATIENCE_SECONDS).json()
    assert len(version["workers"]) == 1
    assert not mark.exists()


@pytest.mark.parametrize("path", ["/models/goemotions", "/models/goemotions?customized=true"])
def test_curl_passes(path, service):
    done = subprocess.run(
        ["curl", "-sf", service.management_url + path], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout)[0]["modelName"] == "goemotions"


def test_torchserves_own_management_api_is_on_no_port(service):
    server = RunRecord.load(service.log_dir).processes().server
    listening = {each.laddr.port for each in server.net_connections("tcp") if not each.raddr}
    assert listening == set(service.ports.values()) - {service.management_port}


# The watch


@pytest.fixture(scope="module")
def env(archive, free_ports, tmp_path_factory):
    """A service with two workers, which these tests share: each leaves it restarted."""
    folder = tmp_path_factory.mktemp("keeper")
    # Longer than `make status` takes to see that it hangs.
    own = environment(free_ports(5), folder / "logs", WORKERS="2", HANG_SECONDS="14")
    with stopped_at_the_end(own) as env:
        start(env, archive)
        yield env


@pytest.fixture
def probe(env):
    return Probe(Instance.from_env(env))


def record_of(env):
    return RunRecord.load(Path(env["LOG_DIR"]))


def assert_comes_back(env, probe, before):
    """Another run takes the place of the one ``before``, by itself, and nothing is left of that."""

    def is_restarted():
        record = record_of(env)
        return record and record.temp_dir != before.temp_dir and run(env, "ready").returncode == 0

    assert wait_until(is_restarted, PATIENCE_SECONDS)
    assert probe.ask({"comment": "I love this"}).status_code == 200
    assert before.processes().server is None
    assert before.processes().workers == ()
    assert not Path(before.temp_dir).exists()
    # The server, two workers, and the new keeper.
    assert wait_until(lambda: len(processes_of(env)) == 4, PATIENCE_SECONDS)
    assert "TorchServe hangs" in (Path(env["LOG_DIR"]) / "keeper.log").read_text()
    assert run(env, "status").returncode == 0


@pytest.fixture
def lose_workers(env, probe, stubs):
    """Calls `StreamPredictions2` until so many workers are left.

    TorchServe answers a call that is over, and its worker's thread ends.
    """
    body = json.dumps({"comment": "What a day " * 900}).encode()
    address = f"127.0.0.1:{probe.instance.grpc_inference_port}"
    request = stubs.messages.PredictionsRequest(
        model_name="goemotions", input={"data": body}, sequence_id="a"
    )

    def call():
        with grpc.insecure_channel(address) as channel:
            api = stubs.services.InferenceAPIsServiceStub(channel)
            with pytest.raises(grpc.RpcError):
                list(api.StreamPredictions2(iter([request]), timeout=5))

    def lose(left):
        def are_lost():
            call()
            return wait_until(lambda: len(record_of(env).processes().workers) <= left, 2)

        assert wait_until(are_lost, PATIENCE_SECONDS)

    return lose


def test_workers_are_added_in_place_of_lost_ones_while_another_goes_on(env, probe, lose_workers):
    def ready():
        return Management(probe.instance).default_version().ready_workers

    before = record_of(env)
    lose_workers(left=1)
    assert wait_until(lambda: ready() == 2, PATIENCE_SECONDS)
    assert record_of(env) == before
    assert probe.ask({"comment": "I love this"}).status_code == 200
    assert "1 of 2 workers are left" in (Path(env["LOG_DIR"]) / "keeper.log").read_text()
    scaled = run({**env, "WORKERS": "2"}, "scale")
    assert scaled.returncode == 0, scaled.stderr
    assert ready() == 2


def test_a_stream_that_ends_every_worker_is_told_and_mended(env, probe, lose_workers):
    before = record_of(env)
    lose_workers(left=0)
    status = run(env, "status")
    assert status.returncode == 2
    assert re.search(r"\b0 of \d", status.stdout)  # TorchServe counts those that were lost, too
    (line,) = status.stderr.splitlines()
    assert "it does not answer" in line
    assert run({**env, "READY_SECONDS": "1"}, "ready").returncode == 1
    assert_comes_back(env, probe, before)


def test_workers_that_can_not_be_started_again_are_mended(env, probe):
    before = record_of(env)
    shutil.rmtree(Path(before.temp_dir) / "models")
    for worker in before.processes().workers:
        worker.kill()
    assert_comes_back(env, probe, before)


def test_a_torchserve_that_is_stopped_is_mended(env, probe):
    before = record_of(env)
    for process in (*before.processes().workers, before.processes().server):
        process.suspend()
    assert_comes_back(env, probe, before)


def test_a_keeper_ends_with_its_torchserve(own_env, archive):
    start(own_env, archive)
    record_of(own_env).processes().server.kill()
    assert wait_until(lambda: processes_of(own_env) == [], PATIENCE_SECONDS)


# Without Unix sockets


@pytest.fixture
def tcp_env(own_env):
    return {**own_env, "JAVA_TOOL_OPTIONS": "-Dio.netty.transport.noNative=true"}


def test_without_unix_sockets_all_is_as_with_them(tcp_env, archive):
    start(tcp_env, archive)
    service = Instance.from_env(tcp_env)
    (worker,) = record_of(tcp_env).processes().workers
    status = run(tcp_env, "status")
    assert status.returncode == 0, status.stderr
    assert "1 of 1" in status.stdout
    assert " 0 MB" not in status.stdout
    headers = {"Origin": "http://page.example"}
    reply = requests.delete(
        f"{service.management_url}/models/goemotions", headers=headers, timeout=PATIENCE_SECONDS
    )
    assert reply.status_code == 403
    worker.send_signal(signal.SIGKILL)

    def another():
        return [each for each in record_of(tcp_env).processes().workers if each != worker]

    assert wait_until(another, PATIENCE_SECONDS)


def test_without_unix_sockets_a_worker_that_can_not_load_is_noticed(tcp_env, archive, tmp_path):
    settings = "handler:\n  max_char: 10\n"
    broken = with_entries(archive, tmp_path / "store", {"model-config.yaml": settings})
    done = run(tcp_env, "start", "--archive", broken)
    assert_refused(done, tcp_env, "SettingsError: unknown setting max_char", "model_log.log")
