"""The environment that make installs into: one of its own, whatever the caller's settings say."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from scripts import environment
from scripts.environment import EnvironmentFault

# An environment of its own takes tens of seconds to make.
pytestmark = pytest.mark.weights

SCRIPT = Path(environment.__file__)


@pytest.fixture(scope="module")
def lock_file(tmp_path_factory):
    """A lock file that pins a package of one module, and the package itself beside it."""
    folder = tmp_path_factory.mktemp("packages")
    about = "tiny_pin-1.0.dist-info"
    with zipfile.ZipFile(folder / "tiny_pin-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny_pin.py", "")
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: tiny-pin\nVersion: 1.0\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")
    file = folder / "tiny.txt"
    file.write_text("tiny-pin==1.0\n")
    return file


@pytest.fixture(scope="module")
def start(lock_file):
    """Starts the script on a folder, with variables beside those of this process."""

    def start(folder, **variables):
        return subprocess.Popen(
            [sys.executable, str(SCRIPT), str(folder), str(lock_file)],
            env={**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(lock_file.parent)}
            | {name: str(value) for name, value in variables.items()},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


@pytest.fixture(scope="module")
def made(start, tmp_path_factory):
    """Two calls at once, with settings of pip that send packages elsewhere: folder and outcomes."""
    top = tmp_path_factory.mktemp("made")
    elsewhere = {"PIP_TARGET": top / "elsewhere", "PIP_USER": "1", "PYTHONUSERBASE": top / "user"}
    running = [start(top / "venv", **elsewhere) for _ in range(2)]
    outputs = [process.communicate() for process in running]
    return top, [process.returncode for process in running], outputs


def test_two_calls_at_once_both_succeed_and_one_installs(made):
    _, statuses, outputs = made
    assert statuses == [0, 0], outputs
    assert sum("installing" in out for out, _ in outputs) == 1


def test_packages_go_into_the_folder_whatever_pip_is_told_elsewhere(made):
    top, _, _ = made
    assert list(top.glob("venv/lib/*/site-packages/tiny_pin.py"))
    assert sorted(entry.name for entry in top.iterdir()) == ["venv", "venv.lock"]


def test_a_current_one_is_left_alone(made, start):
    process = start(made[0] / "venv")
    assert process.communicate() == ("", "")
    assert process.returncode == 0


def test_one_whose_python_is_gone_is_made_anew(made, start):
    top, _, _ = made
    python = top / "venv" / "bin" / "python"
    python.unlink()
    python.symlink_to(top / "no such python")
    process = start(top / "venv")
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert "making it anew" in out
    assert subprocess.run([python, "-c", "import tiny_pin"], check=False).returncode == 0


def test_packages_are_not_replaced_under_a_running_worker(made, lock_file, start):
    top, _, _ = made
    stamp = top / "venv" / ".tiny"
    os.utime(stamp, (0, 0))
    python = str(top / "venv" / "bin" / "python")
    worker = [python, "-c", "print(flush=True); input()", "model_service_worker.py"]
    with subprocess.Popen(worker, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        running.stdout.readline()  # its command line is its own by now
        process = start(top / "venv")
        _, err = process.communicate()
        assert process.returncode == 1
        assert f"worker {running.pid}" in err
        assert "make stop" in err
        running.communicate()
    assert start(top / "venv").wait() == 0


@pytest.mark.parametrize("bounds", [((3, 99), (3, 99)), ((3, 0), (3, 1))])
def test_a_python_that_the_packages_do_not_come_for_is_refused(bounds, tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "OLDEST", bounds[0])
    monkeypatch.setattr(environment, "NEWEST", bounds[1])
    with pytest.raises(
        EnvironmentFault, match=r"is Python .*, and the packages come for .*PYTHON="
    ):
        environment.main(tmp_path / "venv", tmp_path / "lock.txt")


def test_a_folder_that_is_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(EnvironmentFault, match="is no Python environment"):
        environment.main(tmp_path, tmp_path / "lock.txt")
    assert (tmp_path / "thesis.tex").exists()


def test_what_pip_can_not_install_leaves_no_stamp(made, tmp_path, monkeypatch):
    missing = tmp_path / "missing.txt"
    missing.write_text("no-such-package-at-all==1.0\n")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(EnvironmentFault, match="pip could not install"):
        environment.main(made[0] / "venv", missing)
    assert not (made[0] / "venv" / ".missing").exists()
