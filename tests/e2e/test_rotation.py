"""predictions.log over rotations: every line once, and a bound on what is kept."""

import gzip
import json
from collections import Counter

import pytest

from service.instance import Instance
from service.waiting import wait_until
from tests.e2e.operation import start
from tests.e2e.probe import PATIENCE_SECONDS, Probe

pytestmark = pytest.mark.server

TEXT = "a" * 9000  # a long line, and little work: to the tokenizer it is one unknown word
KEPT = 8 * 1024  # bytes of rotated files, of some 400 bytes each


def answer(probe, count):
    """Have the service answer ``count`` comments; the ids of the requests."""
    return [probe.ask({"comment": TEXT}).headers["x-request-id"] for _ in range(count)]


def rotated_files(log_dir):
    return sorted(log_dir.glob("predictions.*.log.gz"))


def logged(log_dir):
    """The number of lines of each request, over the log and its rotated files."""
    texts = [gzip.decompress(file.read_bytes()).decode() for file in rotated_files(log_dir)]
    texts.append((log_dir / "predictions.log").read_text())
    return Counter(json.loads(line)["request_id"] for text in texts for line in text.splitlines())


def sizes(log_dir):
    return [file.stat().st_size for file in rotated_files(log_dir)]


def test_every_line_is_there_once_over_rotations_until_the_bound_on_what_is_kept(own_env, archive):
    start(
        {**own_env, "PREDICTIONS_LOG_SIZE": "20 KB", "PREDICTIONS_LOG_KEPT": f"{KEPT // 1024} KB"},
        archive,
    )
    probe = Probe(Instance.from_env(own_env))
    log_dir = probe.instance.log_dir
    requests = answer(probe, 24)

    # A rotated file is written beside the plain one, which then goes: until then lines are double.
    def each_has_one():
        try:
            counts = logged(log_dir)
        except (OSError, EOFError):  # a file is being written, or has just been renamed
            return False
        return all(counts[request] == 1 for request in requests)

    wait_until(each_has_one, PATIENCE_SECONDS)
    counts = logged(log_dir)
    assert [counts[request] for request in requests] == [1] * 24
    assert len(rotated_files(log_dir)) > 2

    first = rotated_files(log_dir)[0]
    answer(probe, 200)
    # The bound is looked at when a file is rotated, which then comes on top.
    assert wait_until(lambda: not first.exists(), PATIENCE_SECONDS)
    assert wait_until(lambda: sum(sizes(log_dir)) <= KEPT + 1024, PATIENCE_SECONDS)
    assert sizes(log_dir)
