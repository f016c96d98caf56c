"""A queue that is stopped, or killed, while it trains."""

import time

import psutil
import pytest

from tests.training.study_workshop import SECONDS, Workshop


@pytest.fixture
def long(base_encoder, comments, tmp_path):
    """A workshop whose one run takes long enough to be stopped."""
    experiments = {"slow": 'question = "rate"\n[settings]\nlearning_rate = 1e-4\n'}
    workshop = Workshop(tmp_path, base_encoder, comments, epochs=1000, experiments=experiments)
    yield workshop
    workshop.stop()


def test_a_stopped_queue_leaves_a_checkpoint_and_goes_on_from_it(long):
    run = long.run("rung-0/slow/seed-1")
    process = long.start("run", "--rung=0", "--only=slow")
    wait_for((run / "dev.json").exists, process)
    process.terminate()
    printed, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 130, printed
    assert "stopped rung-0/slow/seed-1" in printed
    assert [*(run / "checkpoints").glob("checkpoint-*/average.safetensors")]
    assert long.record("rung-0/slow/seed-1")["finished"] is False
    process = long.start("run", "--rung=0", "--only=slow")
    wait_for(lambda: "Going on from" in (run / "train.log").read_text(), process)


def test_a_run_that_outlives_its_queue_is_not_trained_by_another(long):
    process = long.start("run", "--rung=0", "--only=slow")
    wait_for((long.run("rung-0/slow/seed-1") / "dev.json").exists, process)
    (child,) = psutil.Process(process.pid).children()
    process.kill()
    code, printed = long.call("run", "--rung=0", "--only=slow")
    child.terminate()
    assert code == 1
    assert "another process is training this run; wait for it" in printed
    child.wait(SECONDS)


def wait_for(condition, process):
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.05)
