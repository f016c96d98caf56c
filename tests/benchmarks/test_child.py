import sys

import psutil
import pytest

from benchmarks.contenders.child import ChildProgram, Command
from benchmarks.errors import ContenderError
from service.waiting import wait_until

# Starts two processes more, one of which ignores SIGTERM, prints their pids and waits.
FAMILY = """
import signal, subprocess, sys
stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
plain = "import time; time.sleep(600)"
children = [subprocess.Popen([sys.executable, "-c", code]) for code in (stubborn, plain)]
print("ready", flush=True)
signal.pause()
"""


@pytest.fixture
def start(tmp_path):
    started = []

    def start_program(code):
        command = Command((sys.executable, "-c", code), cwd=tmp_path, env={"NOTED": "yes"})
        started.append(ChildProgram(command, tmp_path / "child.log"))
        return started[-1]

    yield start_program
    for child in started:
        child.stop()


def test_all_processes_of_a_program_are_found_and_ended_and_it_can_be_stopped_again(
    start, tmp_path
):
    child = start(FAMILY)
    assert wait_until(lambda: "ready" in (tmp_path / "child.log").read_text(), 30)
    processes = child.processes()
    assert len(processes) == 3
    child.stop()
    child.stop()
    assert child.ended
    assert child.processes() == []
    assert [process for process in processes if psutil.pid_exists(process.pid)] == []


def test_a_program_that_ends_by_itself_leaves_its_last_line(start):
    said = "print('no', os.environ['NOTED'], flush=True)"
    child = start(f"import os, sys; {said}; sys.exit('no such model')")
    assert wait_until(lambda: child.ended, 30)
    assert child.last_line().startswith("no such model (see ")


def test_a_program_that_is_not_there_is_told(tmp_path):
    command = Command((str(tmp_path / "infinity_emb"),), cwd=tmp_path)
    with pytest.raises(ContenderError, match="infinity_emb can't be run"):
        ChildProgram(command, tmp_path / "child.log")
