"""No package that this project uses sends anything of its own accord."""

import re
import shutil
import subprocess
import sys

import pytest

from archive.inputs import REPOSITORY
from goemotions import NOTHING_SENT

SENDERS = ("onnxruntime", "huggingface_hub", "transformers", "datasets")
IMPORTED = re.compile(rf"^(?:import|from) (?:{'|'.join(SENDERS)})\b", re.MULTILINE)

# ONNX Runtime was seen to look a host up within 25 seconds of its import.
ANSWER_FOR_HALF_A_MINUTE = """
import sys, time
from pathlib import Path
from goemotions.encoders.onnx_encoder import OnnxEncoder

encoder = OnnxEncoder(Path(sys.argv[1]))
end = time.monotonic() + 30
while time.monotonic() < end:
    assert encoder.logits([[101, 2023, 102]]).shape == (1, 28)
    time.sleep(0.2)
"""
SOCKET = re.compile(r"\bsocket\((\w+)")


def packages_that_import_one():
    """The top-level folders that have a module which imports one of ``SENDERS`` at once."""
    files = [file for file in REPOSITORY.glob("[a-z]*/**/*.py") if "tests" not in file.parts]
    found = {
        file.relative_to(REPOSITORY).parts[0]
        for file in files
        if IMPORTED.search(file.read_text("utf-8"))
    }
    return sorted(found - {"handler"})


def test_a_folder_that_imports_a_package_that_would_send_is_found():
    assert {"archive", "training"} <= set(packages_that_import_one())


@pytest.mark.parametrize("package", ["goemotions", "evaluation", *packages_that_import_one()])
def test_what_a_folder_imports_finds_sending_forbidden_whatever_the_caller_s_variables(package):
    code = f"import {package}, os; print([os.environ[name] for name in {list(NOTHING_SENT)}])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY,
        env={"PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'handler'}", "ORT_DISABLE_TELEMETRY": "0"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == str(list(NOTHING_SENT.values()))


@pytest.fixture(scope="module")
def answering(unpacked, tmp_path_factory):
    """An encoder, as a worker has it, that has answered for half a minute: its home, its trace.

    Without the variable ``CI``, which silences ONNX Runtime, too.
    """
    home, trace = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("trace") / "trace.txt"
    strace = [*("strace", "-f", "-e", "trace=network"), "-o", str(trace)] if can_trace() else []
    subprocess.run(
        [*strace, sys.executable, "-c", ANSWER_FOR_HALF_A_MINUTE, unpacked / "model.onnx"],
        env={"HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(unpacked)},
        check=True,
    )
    return home, trace


def can_trace():
    """Whether strace is there and may trace: some containers forbid it."""
    command = ["strace", "-o", "/dev/null", "true"]
    return bool(shutil.which("strace")) and not subprocess.run(command, check=False).returncode


@pytest.mark.weights
def test_an_encoder_that_answers_writes_nothing_below_home(answering):
    home, _ = answering
    assert list(home.rglob("*")) == []


@pytest.mark.weights
def test_an_encoder_that_answers_opens_no_socket_to_anywhere(answering):
    _, trace = answering
    if not trace.exists():
        pytest.skip("strace is not installed, or may not trace")
    families = set(SOCKET.findall(trace.read_text("utf-8")))
    assert families <= {"AF_UNIX"}
