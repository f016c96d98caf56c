"""Commands run some at a time, each with a log in the folder of its run."""

import os
import signal
import sys

import pytest

from training.run import Run
from training.study.running import run_commands

STOPS_ON_SIGTERM = "import signal; signal.sigwait([signal.SIGTERM])"


@pytest.fixture
def runs(tmp_path):
    return [Run(tmp_path / name) for name in ("first", "second", "third")]


def python(code):
    return [sys.executable, "-c", code]


def test_a_failure_is_told_and_does_not_stop_the_others(runs):
    commands = dict(zip(runs, map(python, ("exit(3)", "", "exit(130)")), strict=True))
    told = []
    assert run_commands(commands, slots=1, tell=told.append) == [runs[0], runs[2]]
    assert told[1] == f"failed {runs[0].folder}, log: {runs[0].folder / 'train.log'}"
    assert [line.split(",")[0] for line in told[3::2]] == [
        f"finished {runs[1].folder}",
        f"stopped {runs[2].folder}",
    ]


def test_a_log_begins_with_the_command_and_is_added_to(runs):
    for _ in range(2):
        run_commands({runs[0]: python("print('learns')")}, slots=1, tell=print)
    lines = (runs[0].folder / "train.log").read_text().splitlines()
    assert lines == [f"$ {sys.executable} -c 'print('\"'\"'learns'\"'\"')'", "learns"] * 2


@pytest.mark.parametrize(("status", "kept"), [(0, False), (1, True)])
def test_a_finished_run_keeps_no_checkpoint_and_a_failed_one_does(runs, status, kept):
    runs[0].checkpoints.mkdir(parents=True)
    run_commands({runs[0]: python(f"exit({status})")}, slots=1, tell=print)
    assert runs[0].checkpoints.exists() is kept


def test_after_ctrl_c_what_runs_is_asked_to_stop_and_nothing_is_started(runs):
    told = []

    def tell(line):
        told.append(line)
        if len(told) == 1:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run_commands(dict.fromkeys(runs, python(STOPS_ON_SIGTERM)), slots=1, tell=tell)
    assert [line for line in told if line.startswith("trains")] == [f"trains {runs[0].folder}"]
    assert not runs[1].folder.exists()
