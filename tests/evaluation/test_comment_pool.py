"""The bundled comments have GoEmotions' lengths; draws repeat with their seed."""

from random import Random

import numpy as np
import pytest

from evaluation.comment_pool import Source, load_comments
from evaluation.dataset import DataUnavailableError


@pytest.fixture(autouse=True)
def bundled():
    load_comments.cache_clear()
    yield load_comments(Source.BUNDLED)
    load_comments.cache_clear()


def test_there_are_a_few_hundred_comments_each_of_its_own(bundled):
    assert len(set(bundled.comments)) == len(bundled.comments) >= 300
    assert all(comment.strip() == comment != "" for comment in bundled.comments)


def test_their_lengths_are_distributed_as_those_of_goemotions(bundled):
    words = [len(comment.split()) for comment in bundled.comments]
    assert np.mean(words) == pytest.approx(12.7, abs=1)
    assert np.percentile(words, [5, 25, 50, 75, 95]) == pytest.approx([3, 7, 12, 18, 24], abs=1)


def test_long_comments_are_drawn_from_the_longest_twentieth(bundled):
    drawn = {bundled.draw_long(Random(seed)) for seed in range(500)}
    rest = set(bundled.comments) - drawn
    assert len(drawn) == len(bundled.comments) // 20
    assert min(map(len, drawn)) >= max(map(len, rest))


def test_the_same_seed_draws_the_same_comments(bundled):
    first, again = ([bundled.draw(Random(7)) for _ in range(20)] for _ in range(2))
    assert first == again


def test_auto_takes_the_bundled_ones_if_goemotions_is_not_at_hand(monkeypatch):
    monkeypatch.delenv("GOEMOTIONS_DIR", raising=False)
    assert load_comments(Source.AUTO).origin.startswith("bundled")


def test_auto_takes_goemotions_if_it_is_at_hand(monkeypatch, tmp_path):
    (tmp_path / "test.tsv").write_text("I love this\t18\tid1\nWhat a mess\t3\tid2\n")
    monkeypatch.setenv("GOEMOTIONS_DIR", str(tmp_path))
    pool = load_comments(Source.AUTO)
    assert list(pool.comments) == ["I love this", "What a mess"]
    assert pool.origin.startswith("GoEmotions")


def test_goemotions_that_can_not_be_read_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("GOEMOTIONS_DIR", str(tmp_path))
    with pytest.raises(DataUnavailableError, match="GOEMOTIONS_DIR"):
        load_comments(Source.GOEMOTIONS)
