"""`make rollout`: another version takes over, and no request notices but by its log line."""

import json
import shutil
import signal
import subprocess
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
import requests

from archive.inputs import HANDLER, REPOSITORY
from archive.version import MANIFEST
from service.instance import Instance
from service.management import Management
from service.rollout import _IDLE_SECONDS
from service.run_record import RunRecord
from service.waiting import wait_until
from tests.e2e.operation import (
    command,
    copy_archive,
    environment,
    run,
    start,
    stopped_at_the_end,
    with_entries,
)
from tests.e2e.probe import PATIENCE_SECONDS, Probe

pytestmark = pytest.mark.server


def version_of(archive, version, folder, **others):
    """The archive as another ``version``, with other contents of entries besides."""
    with zipfile.ZipFile(archive) as found:
        manifest, config = (json.loads(found.read(name)) for name in (MANIFEST, "config.json"))
    manifest["model"]["modelVersion"] = version
    config["goemotions"]["version"] = version
    contents = {MANIFEST: json.dumps(manifest), "config.json": json.dumps(config)}
    return with_entries(archive, folder, {**contents, **others})


@pytest.fixture(scope="module")
def env(archive, free_ports, tmp_path_factory):
    """The environment of a service with a model store of its own, which these tests share."""
    folder = tmp_path_factory.mktemp("rollout")
    with stopped_at_the_end(environment(free_ports(5), folder / "logs")) as env:
        start(env, copy_archive(archive, folder / "store"))
        yield env


@pytest.fixture
def probe(env):
    """Asks the service, which has one version when the test begins, whatever the last one left."""
    instance = Instance.from_env(env)
    management = Management(instance)
    default = management.default_version().version
    for other in management.versions():
        if other.version != default:
            management.unregister(other.version)
    return Probe(instance)


def default(probe):
    return Management(probe.instance).default_version().version


def registered(probe):
    return [version.version for version in Management(probe.instance).versions()]


class Clients:
    """Some clients, each of which asks again as soon as it is answered, until the end."""

    def __init__(self, instance, count):
        self._instance = instance
        self._count = count
        self._ended = threading.Event()
        self.statuses = []

    def __enter__(self):
        self._threads = [threading.Thread(target=self._ask) for _ in range(self._count)]
        for thread in self._threads:
            thread.start()
        self.wait_for_more(self._count)
        return self

    def __exit__(self, *_):
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def wait_for_more(self, count):
        wanted = len(self.statuses) + count
        assert wait_until(lambda: len(self.statuses) >= wanted, PATIENCE_SECONDS)

    def _ask(self):
        probe = Probe(self._instance)
        while not self._ended.is_set():
            self.statuses.append(probe.ask({"comment": "I love this"}).status_code)


def ready_workers(probe):
    url = f"{probe.instance.management_url}/models/goemotions"
    (version,) = requests.get(url, timeout=PATIENCE_SECONDS).json()
    return [worker["status"] for worker in version["workers"]]


def test_a_rollout_under_load_fails_no_request_and_leaves_the_new_version_alone(
    env, probe, archive, tmp_path
):
    """And with as many workers as the old version has."""
    scaled = run({**env, "WORKERS": "2"}, "scale")
    assert scaled.returncode == 0, scaled.stderr
    (old,) = registered(probe)
    new = version_of(archive, "99.0.0", tmp_path / "new")
    with Clients(probe.instance, 12) as clients:
        done = run(env, "rollout", "--archive", new)
        clients.wait_for_more(100)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == f"version 99.0.0 answers now, {old} is gone"
    assert set(clients.statuses) == {200}
    assert registered(probe) == ["99.0.0"]
    assert ready_workers(probe) == ["READY"] * 2
    entry = probe.entry(probe.ask({"comment": "I love this"}))
    assert entry["model_version"] == "99.0.0"
    log_dir = Path(env["LOG_DIR"])
    record = RunRecord.load(log_dir)
    assert record.archive == str(log_dir.parent / "store" / "goemotions-99.0.0.mar")
    assert record.sha256[:16] in run(env, "status").stdout


def test_the_way_back_is_a_rollout_of_an_archive_that_may_be_in_the_model_store_already(
    env, probe, archive, tmp_path
):
    workers = ready_workers(probe)
    made = version_of(archive, "98.0.0", tmp_path / "new")
    store = Path(RunRecord.load(Path(env["LOG_DIR"])).archive).parent
    for file in made.parent.iterdir():
        shutil.move(file, store / file.name.replace("goemotions", "goemotions-back"))
    stored = store / "goemotions-back.mar"
    done = run(env, "rollout", "--archive", stored)
    assert done.returncode == 0, done.stderr
    assert registered(probe) == ["98.0.0"]
    assert ready_workers(probe) == workers
    assert RunRecord.load(Path(env["LOG_DIR"])).archive == str(stored)


def test_what_can_not_take_over_leaves_the_old_version_in_place(env, probe, archive, tmp_path):
    def refused(rolled, *phrases):
        """One clear line, exit status 2, and the old version alone goes on."""
        done = run(env, "rollout", "--archive", rolled)
        assert done.returncode == 2
        (line,) = done.stderr.splitlines()
        for phrase in phrases:
            assert str(phrase) in line
        assert registered(probe) == before
        assert probe.ask({"comment": "I love this"}).status_code == 200

    before = registered(probe)
    running = RunRecord.load(Path(env["LOG_DIR"])).archive
    refused(running, "is registered already", "config.json")
    refused(tmp_path / "none.mar", "none.mar", "make package")
    broken = version_of(
        archive, "97.0.0", tmp_path / "broken", **{"model-config.yaml": "handler:\n  odd: 1\n"}
    )
    refused(broken, "SettingsError: unknown setting odd", "model_log.log")
    answers = (HANDLER / "goemotions" / "answer.py").read_text()
    answers += "\n\ndef answer_batch(*_):\n    return []\n"
    mute = version_of(archive, "96.0.0", tmp_path / "mute", **{"goemotions/answer.py": answers})
    refused(mute, "the new version does not answer 'I love this'", "503")
    with broken.open("ab") as stream:
        stream.write(b"more")
    refused(broken, "damaged or altered")


def test_ctrl_c_before_the_new_version_answers_leaves_the_old_one(env, probe, archive, tmp_path):
    before = registered(probe)
    new = version_of(archive, "95.0.0", tmp_path / "new")
    with subprocess.Popen(
        command("rollout", "--archive", new),
        cwd=REPOSITORY,
        env=env,
        stderr=subprocess.PIPE,
        text=True,
    ) as rolling:
        assert wait_until(lambda: len(registered(probe)) == 2, PATIENCE_SECONDS)
        rolling.send_signal(signal.SIGINT)
        _, errors = rolling.communicate()
    assert rolling.returncode == 130
    assert errors == "rollout: interrupted\n"
    assert wait_until(lambda: registered(probe) == before, PATIENCE_SECONDS)
    assert probe.ask({"comment": "I love this"}).status_code == 200


def ask_at_length(instance):
    """The reply to a request that takes a worker some time."""
    return Probe(instance).ask({"inputs": ["What a day " * 200] * 32})


def test_a_request_in_the_hands_of_a_stopped_worker_is_waited_for(env, probe, archive, tmp_path):
    scaled = run({**env, "WORKERS": "2"}, "scale")
    assert scaled.returncode == 0, scaled.stderr
    (old,) = registered(probe)
    new = version_of(archive, "94.0.0", tmp_path / "new")
    stopped = RunRecord.load(Path(env["LOG_DIR"])).processes().workers[0]
    with ThreadPoolExecutor(2) as pool:
        try:
            stopped.suspend()
            # Together: each worker gets one, and the stopped one keeps its own.
            asked = [pool.submit(ask_at_length, probe.instance) for _ in range(2)]
            with subprocess.Popen(
                command("rollout", "--archive", new),
                cwd=REPOSITORY,
                env=env,
                stdout=subprocess.PIPE,
                text=True,
            ) as rolling:
                assert wait_until(lambda: default(probe) != old, PATIENCE_SECONDS)
                assert not wait_until(lambda: old not in registered(probe), 3 * _IDLE_SECONDS)
                stopped.resume()
                output, _ = rolling.communicate()
        finally:
            with suppress(psutil.NoSuchProcess):  # it is gone with the old version
                stopped.resume()
        assert rolling.returncode == 0
        assert output.startswith(f"version 94.0.0 answers now, {old} is gone")
        assert [each.result().status_code for each in asked] == [200] * 2
