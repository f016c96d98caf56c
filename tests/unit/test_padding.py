"""Comments padded to the longest beside them, and their division into runs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goemotions.encoders.padding import pad, plan_padded_runs

LENGTHS = st.lists(st.integers(1, 300), max_size=80)
RUN_TOKENS = st.integers(1, 400)


@given(LENGTHS, RUN_TOKENS)
def test_every_comment_stands_in_exactly_one_run(lengths, run_tokens):
    runs = plan_padded_runs(lengths, run_tokens)
    assert sorted(index for run in runs for index in run) == list(range(len(lengths)))


@given(LENGTHS, RUN_TOKENS)
def test_only_a_comment_alone_may_exceed_the_tokens_of_a_run(lengths, run_tokens):
    for run in plan_padded_runs(lengths, run_tokens):
        longest = max(lengths[index] for index in run)
        assert len(run) == 1 or longest * len(run) <= run_tokens


@given(LENGTHS, RUN_TOKENS)
def test_comments_come_longest_first_so_that_like_lengths_share_a_run(lengths, run_tokens):
    planned = [lengths[index] for run in plan_padded_runs(lengths, run_tokens) for index in run]
    assert planned == sorted(lengths, reverse=True)


def test_a_run_is_filled_before_another_begins():
    assert plan_padded_runs([5, 40, 6, 38], 80) == [[1, 3], [2, 0]]


def test_no_comments_make_no_runs():
    assert plan_padded_runs([], 160) == []


def test_a_padded_run_is_a_row_for_each_comment_with_its_own_tokens_marked():
    padded = pad([(7, 8, 9), (5,)], padding_id=1)
    assert padded.token_ids.tolist() == [[7, 8, 9], [5, 1, 1]]
    assert padded.attention_mask.tolist() == [[1, 1, 1], [1, 0, 0]]


@pytest.mark.parametrize("comments", [[], [()], [(7, 8), ()]])
def test_a_comment_without_tokens_is_refused(comments):
    with pytest.raises(ValueError, match="at least one"):
        pad(comments, padding_id=0)
