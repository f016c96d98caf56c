"""The packed encoder, in ONNX Runtime and in torch, answers as transformers does."""

import numpy as np
import pytest

pytestmark = pytest.mark.weights

# The difference that float32 leaves if the same sums are taken in another order.
SAME = {"rtol": 1e-5, "atol": 1e-5}


def test_its_logits_are_those_of_transformers(together, expected):
    assert together.dtype == np.float32
    assert expected.std(axis=0).min() > 0.01  # they differ, so that to equal them says something
    np.testing.assert_allclose(together, expected, rtol=0, atol=1e-4)


def test_a_comment_is_answered_the_same_alone_as_among_others(encoder, comments, together):
    for row in range(0, len(comments), 4):
        alone = encoder.logits([comments[row]])
        np.testing.assert_allclose(alone[0], together[row], **SAME)


def test_rows_follow_the_order_of_the_batch(encoder, comments, together):
    reversed_rows = encoder.logits(comments[::-1])[::-1]
    np.testing.assert_allclose(reversed_rows, together, **SAME)


@pytest.mark.parametrize("run_tokens", [1, 40, 1000])
def test_the_tokens_of_a_run_do_not_change_the_logits(build, comments, together, run_tokens):
    other = build(run_tokens=run_tokens)
    np.testing.assert_allclose(other.logits(comments[:80]), together[:80], **SAME)


def test_two_threads_do_not_change_the_logits(build, comments, together):
    logits = build(threads=2).logits(comments[:20])  # two threads wait for each other if it is busy
    np.testing.assert_allclose(logits, together[:20], **SAME)


def test_an_empty_batch_has_no_rows(encoder):
    assert encoder.logits([]).shape == (0, 28)


def test_a_comment_without_tokens_is_refused(encoder):
    with pytest.raises(ValueError, match="at least one"):
        encoder.logits([[101, 102], []])


@pytest.mark.parametrize("setting", ["threads", "run_tokens"])
def test_a_number_below_one_is_refused_by_name(build, setting):
    with pytest.raises(ValueError, match=f"{setting} is 0; it must be at least 1"):
        build(**{setting: 0})
