"""predictions.log over rotations: every line once, and a bound on what is kept."""

import gzip
import json
from collections import Counter
from pathlib import Path

from service.instance import Instance
from tests.e2e.operation import start
from tests.e2e.probe import Probe, wait_until

TEXT = "a" * 700  # a long line, and little work: to the tokenizer it is one unknown word


def answer(env, count):
    """Have the service answer ``count`` comments; the ids of the requests."""
    probe = Probe(Instance.from_env(env))
    return [probe.ask({"comment": TEXT}).headers["x-request-id"] for _ in range(count)]


def rotated_files(env):
    return sorted(Path(env["LOG_DIR"]).glob("predictions.*.log.gz"))


def logged(env):
    """How many lines each request has, over the log and its rotated files."""
    texts = [gzip.decompress(file.read_bytes()).decode() for file in rotated_files(env)]
    texts.append((Path(env["LOG_DIR"]) / "predictions.log").read_text())
    return Counter(json.loads(line)["request_id"] for text in texts for line in text.splitlines())


def test_every_line_is_there_once_over_rotations(own_env, archive):
    env = {**own_env, "PREDICTIONS_LOG_SIZE": "20 KB"}
    start(env, archive)
    requests = answer(env, 200)
    # A rotated file is written beside the plain one, which then goes: until then lines are double.
    counts = wait_until(
        lambda: logged(env), lambda counts: all(counts[request] == 1 for request in requests)
    )
    assert [counts[request] for request in requests] == [1] * 200
    assert len(rotated_files(env)) > 2


def test_no_more_is_kept_than_the_bound(own_env, archive):
    env = {**own_env, "PREDICTIONS_LOG_SIZE": "20 KB", "PREDICTIONS_LOG_KEPT": "2 KB"}
    start(env, archive)
    answer(env, 200)
    sizes = wait_until(
        lambda: [file.stat().st_size for file in rotated_files(env)],
        lambda sizes: sum(sizes) <= 3 * 1024,
    )
    assert sizes
    # The bound is looked at when a file is rotated, which then comes on top.
    assert sum(sizes) <= 3 * 1024
