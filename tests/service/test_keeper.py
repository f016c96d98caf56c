"""The keeper's parts that need no TorchServe: its task, its files, its log."""

import os
import time
from pathlib import Path

import pytest

from goemotions.errors import GoEmotionsError
from service import keeper
from service.keeper import Task, freshen, keep
from service.launch import DELIVERED, Configuration

CONFIGURATIONS = [DELIVERED, Configuration(Path("some.properties"), None, None, {"A": "b"})]


@pytest.mark.parametrize("configuration", CONFIGURATIONS)
def test_a_keeper_is_told_the_configuration_to_start_with_again(configuration):
    text = configuration.to_json()
    task = Task.parse(["logs", "temp", "unix:temp/s", "180.0", text])
    assert (task.log_dir, task.timeout_seconds) == (Path("logs"), 180)
    assert task.configuration.to_json() == text
    assert task.configuration.properties == configuration.properties.absolute()
    assert task.configuration.env == configuration.env


def test_all_in_the_temporary_folder_looks_new_to_who_removes_old_files(tmp_path):
    (tmp_path / "models" / "a").mkdir(parents=True)
    (tmp_path / "models" / "a" / "weights").touch()
    (tmp_path / "link").symlink_to("nowhere")
    paths = [tmp_path, *tmp_path.rglob("*")]
    for path in paths:
        os.utime(path, (0, 0), follow_symlinks=False)
    freshen(tmp_path)
    for path in paths:
        assert path.lstat().st_mtime > 0
        assert path.lstat().st_atime > 0


class Hangs:
    """A watch whose TorchServe hangs."""

    def __init__(self, *_):
        pass

    def wait_for_hang(self, _seconds):
        return True


class Closed:
    """A gate that tells when it is open."""

    is_open = False

    def __enter__(self):
        self.is_open = True

    def __exit__(self, *_):
        self.is_open = False


class Record:
    instance = None

    def processes(self):
        return self

    server = "a server"


def test_a_restart_that_fails_is_tried_again_after_growing_pauses(tmp_path, monkeypatch):
    gate, pauses, attempts = Closed(), [], []

    def restart(*_):
        assert not gate.is_open  # the new keeper needs its port
        attempts.append(time.monotonic())
        if len(attempts) < 8:
            raise GoEmotionsError("there is no memory")

    monkeypatch.setattr(keeper, "Watch", Hangs)
    monkeypatch.setattr(keeper, "restart", restart)
    monkeypatch.setattr("service.keeper.time.sleep", pauses.append)
    task = Task(tmp_path, "temp", "unix:s", 1.0, DELIVERED)
    keep(task, Record(), gate, 30.0)
    assert pauses == [10, 20, 40, 80, 160, 300, 300]
