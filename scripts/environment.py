"""A Python environment of this project with the packages of one lock file, by one make at a time.

Called by make as ``python scripts/environment.py FOLDER LOCK_FILE`` with any Python: the standard
library alone, in syntax that an old Python reads, so that it can say which one is needed.
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import venv
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# The lock files' packages have wheels for these.
OLDEST = (3, 11)
NEWEST = (3, 14)

# Where pip installs to, whatever is set for other projects.
_PLACES = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_DRY_RUN", "PIP_NO_DEPS")
_PYTHONS_OWN = ("PYTHONHOME", "PYTHONPATH", "PYTHONUSERBASE", "__PYVENV_LAUNCHER__")

# Run by the environment's own Python: whether each pinned package can be found in it.
_CHECK = """
import sys
from importlib.metadata import PackageNotFoundError, version
for pin in sys.argv[1:]:
    name, _, wanted = pin.partition("==")
    try:
        found = version(name)
    except PackageNotFoundError:
        sys.exit(name + " is not installed")
    if found.partition("+")[0] != wanted.partition("+")[0]:
        sys.exit(name + " is " + found + " and not " + wanted)
"""


class EnvironmentFault(Exception):  # noqa: N818 - goemotions.errors can't be imported here yet
    """The environment can't be made; the message says what to do."""


def main(folder: Path, lock_file: Path) -> None:
    """Bring the environment up to date, if it is not, and say what is being done."""
    python = folder / "bin" / "python"
    stamp = folder / ("." + lock_file.stem)
    if _is_current(stamp, lock_file) and _runs(python):
        return
    with _one_at_a_time(folder):
        if not _runs(python):
            _make(folder)
        elif _is_current(stamp, lock_file):  # by the one that was waited for
            return
        elif stamp.exists():
            _refuse_under_a_service(folder)
        print(f"installing {lock_file} into {folder}", flush=True)
        _install(python, lock_file)
        stamp.touch()


def _is_current(stamp: Path, lock_file: Path) -> bool:
    return stamp.exists() and stamp.stat().st_mtime >= lock_file.stat().st_mtime


def _runs(python: Path) -> bool:
    try:
        done = subprocess.run([str(python), "-c", ""], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


@contextmanager
def _one_at_a_time(folder: Path) -> "Iterator[None]":
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(folder.name + ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"waiting for another make that is at {folder}", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(folder: Path) -> None:
    found = sys.version_info[:2]
    if not OLDEST <= found <= NEWEST:
        raise EnvironmentFault(
            f"{sys.executable} is Python {_dotted(found)}, and the packages come for "
            f"{_dotted(OLDEST)} to {_dotted(NEWEST)}; name one of these: "
            f"make serve PYTHON=python{_dotted(OLDEST)}"
        )
    if folder.exists():
        if not (folder / "pyvenv.cfg").is_file() and any(folder.iterdir()):
            raise EnvironmentFault(f"{folder} is no Python environment and not empty; move it away")
        print(f"the Python of {folder} is gone: making it anew", flush=True)
        shutil.rmtree(str(folder))
    try:
        venv.create(str(folder), with_pip=True, symlinks=True)
    except subprocess.CalledProcessError as error:
        shutil.rmtree(str(folder), ignore_errors=True)
        raise EnvironmentFault(
            f"{sys.executable} can make no environment with pip in it; on Debian and Ubuntu "
            "install python3-venv"
        ) from error


def _install(python: Path, lock_file: Path) -> None:
    left_out = _PLACES + _PYTHONS_OWN
    env = {name: value for name, value in os.environ.items() if name not in left_out}
    env["PIP_USER"] = "0"  # a pip.conf may say otherwise
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.run([*pip, "--requirement", str(lock_file)], env=env, check=False).returncode:
        raise EnvironmentFault(f"pip could not install {lock_file}; its reason is above")
    check = [str(python), "-c", _CHECK, *_pins(lock_file)]
    found = subprocess.run(check, env=env, capture_output=True, text=True, check=False)
    if found.returncode:
        raise EnvironmentFault(
            f"pip says that it installed {lock_file}, but in {python.parents[1]} "
            f"{found.stderr.strip()}; does a setting of pip send packages elsewhere "
            "(pip config list)?"
        )


def _pins(lock_file: Path) -> "list[str]":
    lines = lock_file.read_text(encoding="utf-8").splitlines()
    found = (re.match(r"[\w.-]+==[\w.+!-]+", line) for line in lines)
    return [pin.group(0) for pin in found if pin]


def _dotted(version: "tuple[int, ...]") -> str:
    return ".".join(map(str, version))


def _refuse_under_a_service(folder: Path) -> None:
    """A service goes on with the packages that it was started with."""
    own = str(folder.resolve()).encode() + b"/"
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if command[0].startswith(own) and any(b"model_service_worker" in part for part in command):
            raise EnvironmentFault(
                f"the lock file has changed, and a service runs on the packages of {folder} "
                f"(worker {process.name}); stop it first: make stop"
            )


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), Path(sys.argv[2]))
    except (EnvironmentFault, OSError) as fault:
        sys.exit(f"make: {fault}")
    except KeyboardInterrupt:
        sys.exit(130)
