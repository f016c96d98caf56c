"""Rows become padded batches, in an order that a resumed run finds again."""

import pytest
import torch

from training.batches import EpochOrder, TokenRows, model_inputs

pytestmark = pytest.mark.weights

LENGTHS = [5, 3, 9, 4, 4, 8, 2, 7, 6, 3] * 70


def order(epoch, seed=1):
    sampler = EpochOrder(rows_of([LENGTHS]), batch_size=4, seed=seed)
    sampler.set_epoch(epoch)
    return list(sampler)


def rows_of(versions):
    ids = [[(0,) * length for length in lengths] for lengths in versions]
    return TokenRows(ids, torch.zeros(len(ids[0]), 28))


def test_an_epoch_takes_each_row_once():
    assert sorted(order(0)) == list(range(len(LENGTHS)))


def test_the_order_depends_on_the_epoch_and_the_seed_alone():
    torch.manual_seed(1)
    first = order(2)
    torch.manual_seed(2)
    assert order(2) == first
    assert order(3) != first
    assert order(2, seed=9) != first


def test_rows_of_like_length_share_a_batch():
    rows = order(0)
    batches = [rows[start : start + 4] for start in range(0, len(rows), 4)]
    padding = sum(max(LENGTHS[i] for i in b) * len(b) - sum(LENGTHS[i] for i in b) for b in batches)
    assert padding < 0.1 * sum(LENGTHS)


def test_padding_is_masked():
    inputs = model_inputs([(4, 7, 8, 5), (4, 5)])
    assert inputs["input_ids"].tolist() == [[4, 7, 8, 5], [4, 5, 0, 0]]
    assert inputs["attention_mask"].tolist() == [[1, 1, 1, 1], [1, 1, 0, 0]]


def test_each_epoch_takes_its_own_version_of_the_comments():
    rows = rows_of([[1, 2], [3, 4], [5, 6]])
    sampler = EpochOrder(rows, batch_size=2, seed=1)
    taken = []
    for epoch in range(4):
        sampler.set_epoch(epoch)
        taken.append([len(rows[index]["input_ids"]) for index in sorted(sampler)])
    assert taken == [[1, 2], [3, 4], [5, 6], [1, 2]]
