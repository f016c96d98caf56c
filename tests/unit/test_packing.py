"""Comments laid end to end, and their division into runs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goemotions.encoders.packing import pack, plan_runs

LENGTHS = st.lists(st.integers(1, 300), max_size=80)
RUN_TOKENS = st.integers(1, 400)


@given(LENGTHS, RUN_TOKENS)
def test_every_comment_stands_in_exactly_one_run(lengths, run_tokens):
    runs = plan_runs(lengths, run_tokens)
    assert sorted(index for run in runs for index in run) == list(range(len(lengths)))


@given(LENGTHS, RUN_TOKENS)
def test_only_a_comment_alone_may_exceed_the_tokens_of_a_run(lengths, run_tokens):
    for run in plan_runs(lengths, run_tokens):
        assert len(run) == 1 or sum(lengths[index] for index in run) <= run_tokens


@given(LENGTHS, RUN_TOKENS)
def test_no_two_runs_would_fit_into_one(lengths, run_tokens):
    tokens = sorted(sum(lengths[i] for i in run) for run in plan_runs(lengths, run_tokens))
    assert len(tokens) < 2 or tokens[0] + tokens[1] > run_tokens


def test_no_comments_make_no_runs():
    assert plan_runs([], 160) == []


def test_short_comments_fill_the_room_that_long_ones_leave():
    assert plan_runs([10, 90, 20, 80], 100) == [[1, 0], [3, 2]]


@given(st.lists(st.lists(st.integers(0, 30_000), min_size=1, max_size=40), min_size=1, max_size=20))
def test_a_packed_run_gives_each_comment_back(comments):
    packed = pack(comments)
    for number, comment in enumerate(comments):
        tokens = packed.comment_of_token == number
        assert packed.token_ids[tokens].tolist() == comment
        assert packed.positions[tokens].tolist() == list(range(len(comment)))
        assert np.flatnonzero(tokens)[0] == packed.first_tokens[number]


def test_a_packed_run_is_comment_after_comment():
    packed = pack([(7, 8, 9), (5,), (6, 4)])
    assert packed.token_ids.tolist() == [7, 8, 9, 5, 6, 4]
    assert packed.positions.tolist() == [0, 1, 2, 0, 0, 1]
    assert packed.comment_of_token.tolist() == [0, 0, 0, 1, 2, 2]
    assert packed.first_tokens.tolist() == [0, 3, 4]


@pytest.mark.parametrize("comments", [[], [()], [(7, 8), ()]])
def test_a_comment_without_tokens_is_refused(comments):
    with pytest.raises(ValueError, match="at least one"):
        pack(comments)
