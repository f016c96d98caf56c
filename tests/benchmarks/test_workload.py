import json

import pytest

from benchmarks.workload import load_workload, write_bodies


@pytest.fixture(autouse=True)
def _bundled(monkeypatch):
    monkeypatch.delenv("GOEMOTIONS_DIR", raising=False)


def test_a_seed_gives_the_same_order_each_time_and_another_seed_another():
    first, second, other = load_workload(1), load_workload(1), load_workload(2)
    assert first == second
    assert first.comments != other.comments
    assert sorted(first.comments) == sorted(other.comments)


def test_each_comment_is_one_line_of_the_bodies_whatever_it_holds(tmp_path):
    comments = ['a "quote"', "two\nlines", "a\u2028separator", "\U0001f600", "back\\slash"]
    file = write_bodies(tmp_path / "bodies", comments, lambda comment: {"comment": comment})
    lines = file.read_bytes().split(b"\n")
    assert lines.pop() == b""
    assert [json.loads(line)["comment"] for line in lines] == comments
