"""`make rollout`: another version takes over, and no request notices but by its log line."""

import json
import shutil
import signal
import subprocess
import threading
import zipfile
from pathlib import Path

import pytest
import requests

from archive.version import MANIFEST
from service.instance import Instance
from service.run_record import RunRecord
from tests.e2e.operation import TOP, command, copy_archive, run, start, with_entries
from tests.e2e.probe import Probe, wait_until


def version_of(archive, version, folder, **others):
    """The archive as another ``version``, with other contents of entries besides."""
    with zipfile.ZipFile(archive) as found:
        manifest, config = (json.loads(found.read(name)) for name in (MANIFEST, "config.json"))
    manifest["model"]["modelVersion"] = version
    config["goemotions"]["version"] = version
    contents = {MANIFEST: json.dumps(manifest), "config.json": json.dumps(config)}
    return with_entries(archive, folder, {**contents, **others})


@pytest.fixture
def running(own_env, archive, tmp_path):
    """The environment of a service with a model store of its own, and a probe of it."""
    start(own_env, copy_archive(archive, tmp_path / "store"))
    return own_env, Probe(Instance.from_env(own_env))


def registered(probe):
    url = f"{probe.instance.management_url}/models/goemotions/all"
    return [version["modelVersion"] for version in requests.get(url, timeout=10).json()]


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
        assert wait_until(lambda: len(self.statuses), lambda count: count > self._count)
        return self

    def __exit__(self, *_):
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _ask(self):
        probe = Probe(self._instance)
        while not self._ended.is_set():
            self.statuses.append(probe.ask({"comment": "I love this"}).status_code)


def test_a_rollout_under_load_fails_no_request_and_leaves_the_new_version_alone(
    running, archive, tmp_path
):
    env, probe = running
    (old,) = registered(probe)
    new = version_of(archive, "99.0.0", tmp_path / "new")
    with Clients(probe.instance, 12) as clients:
        done = run(env, "rollout", "--archive", new)
        before = len(clients.statuses)
        assert wait_until(lambda: len(clients.statuses), lambda count: count > before + 100)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == f"version 99.0.0 answers now, {old} is gone"
    assert set(clients.statuses) == {200}
    assert registered(probe) == ["99.0.0"]
    entry = probe.entry(probe.ask({"comment": "I love this"}))
    assert entry["model_version"] == "99.0.0"
    record = RunRecord.load(Path(env["LOG_DIR"]))
    assert record.archive == str(tmp_path / "store" / "goemotions-99.0.0.mar")
    assert record.sha256[:16] in run(env, "status").stdout


def test_a_version_is_rolled_out_with_as_many_workers_and_back_again(running, archive, tmp_path):
    env, probe = running
    scaled = run({**env, "WORKERS": "2"}, "scale")
    assert scaled.returncode == 0, scaled.stderr
    new = version_of(archive, "99.0.0", tmp_path / "new")
    for rolled in (new, archive):
        done = run(env, "rollout", "--archive", rolled)
        assert done.returncode == 0, done.stderr
        description = f"{probe.instance.management_url}/models/goemotions"
        (version,) = requests.get(description, timeout=10).json()
        assert [worker["status"] for worker in version["workers"]] == ["READY"] * 2


def assert_unchanged(env, probe, done, *phrases):
    """One clear line, exit status 2, and the old version alone goes on."""
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    for phrase in phrases:
        assert str(phrase) in line
    assert len(registered(probe)) == 1
    assert probe.ask({"comment": "I love this"}).status_code == 200


def test_what_can_not_take_over_leaves_the_old_version_in_place(running, archive, tmp_path):
    env, probe = running

    def refused(rolled, *phrases):
        done = run(env, "rollout", "--archive", rolled)
        assert_unchanged(env, probe, done, *phrases)

    refused(archive, "is registered already", "config.json")
    refused(tmp_path / "none.mar", "none.mar", "make package")
    broken = version_of(
        archive, "98.0.0", tmp_path / "broken", **{"model-config.yaml": "handler:\n  odd: 1\n"}
    )
    refused(broken, "SettingsError: unknown setting odd", "model_log.log")
    answers = (TOP / "handler" / "goemotions" / "answer.py").read_text()
    answers += "\n\ndef answer_batch(*_):\n    return []\n"
    mute = version_of(archive, "97.0.0", tmp_path / "mute", **{"goemotions/answer.py": answers})
    refused(mute, "the new version answers 'I love this' by 503")
    with broken.open("ab") as stream:
        stream.write(b"more")
    refused(broken, "damaged or altered")


def test_ctrl_c_before_the_new_version_answers_leaves_the_old_one(running, archive, tmp_path):
    env, probe = running
    new = version_of(archive, "99.0.0", tmp_path / "new")
    with subprocess.Popen(
        command("rollout", "--archive", new), cwd=TOP, env=env, stderr=subprocess.PIPE, text=True
    ) as rolling:
        assert wait_until(lambda: len(registered(probe)), lambda count: count == 2)
        rolling.send_signal(signal.SIGINT)
        _, errors = rolling.communicate()
    assert rolling.returncode == 130
    assert errors == "rollout: interrupted\n"
    assert len(wait_until(lambda: registered(probe), lambda found: len(found) == 1)) == 1
    assert probe.ask({"comment": "I love this"}).status_code == 200


def test_the_archive_may_lie_in_the_model_store_already(running, archive, tmp_path):
    env, probe = running
    made = version_of(archive, "99.0.0", tmp_path / "new")
    for file in made.parent.iterdir():
        shutil.move(file, tmp_path / "store" / file.name)
    done = run(env, "rollout", "--archive", tmp_path / "store" / made.name)
    assert done.returncode == 0, done.stderr
    assert registered(probe) == ["99.0.0"]


def test_rolling_out_where_nothing_runs_is_refused(own_env, archive):
    done = run(own_env, "rollout", "--archive", archive)
    assert done.returncode == 2
    assert "nothing runs" in done.stderr
