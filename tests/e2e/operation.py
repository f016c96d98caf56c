"""The commands behind `make serve`, `stop`, `status` and `scale`, and the processes they leave."""

import os
import shutil
import subprocess
import sys
import zipfile
from contextlib import contextmanager

import psutil

from archive.checksum import write_checksum
from archive.inputs import REPOSITORY


def environment(ports, log_dir, **variables):
    """The environment that names an instance with these five ports and one worker."""
    names = (
        "INFERENCE_PORT",
        "MANAGEMENT_PORT",
        "METRICS_PORT",
        "GRPC_INFERENCE_PORT",
        "GRPC_MANAGEMENT_PORT",
    )
    own = {name: str(port) for name, port in zip(names, ports, strict=True)}
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "handler")]),
        "NO_COLOR": "1",
        "COLUMNS": "200",
        "WORKERS": "1",
        "LOG_DIR": str(log_dir),
        **own,
        **variables,
    }


def command(*arguments):
    """The command line of `python -m scripts.service`."""
    return [sys.executable, "-m", "scripts.service", *map(str, arguments)]


def run(env, *arguments):
    """Run a command to its end."""
    return subprocess.run(
        command(*arguments), cwd=REPOSITORY, env=env, capture_output=True, text=True, check=False
    )


def start(env, archive):
    """Start an instance that must come up."""
    done = run(env, "start", "--archive", archive)
    assert done.returncode == 0, done.stderr
    return done


@contextmanager
def stopped_at_the_end(env):
    """Stops the instance of ``env`` in any case; none of its processes may be left then."""
    yield env
    stopped = run(env, "stop")
    assert stopped.returncode == 0, stopped.stderr
    assert processes_of(env) == []


def processes_of(env):
    """All processes of the instance: TorchServe, its workers and its keeper.

    Found by their environment, so that nothing here depends on the record that a start keeps.
    """
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("LOG_LOCATION") == env["LOG_DIR"]:
                found.append(process)
        except psutil.Error:
            continue
    return found


def run_snippet(code, folder):
    """What a code block of a document prints."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def assert_refused(done, env, *phrases):
    """One clear line, exit status 2, and nothing left running."""
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    for phrase in phrases:
        assert str(phrase) in line
    assert processes_of(env) == []


def copy_archive(archive, folder):
    """The archive and its sum in ``folder``."""
    folder.mkdir(exist_ok=True)
    for file in (archive, archive.with_name(archive.name + ".sha256")):
        shutil.copy(file, folder)
    return folder / archive.name


def with_entries(archive, folder, contents):
    """A copy of the archive with other contents of the entries named, and the sum that fits."""
    folder.mkdir()
    altered = folder / archive.name
    with zipfile.ZipFile(archive) as original, zipfile.ZipFile(altered, "w") as copy:
        for entry in original.namelist():
            copy.writestr(entry, contents.get(entry, original.read(entry)))
    write_checksum(altered)
    return altered
