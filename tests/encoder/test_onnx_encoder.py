"""The served encoder answers as transformers does, whatever shares a batch."""

import random
import shutil

import numpy as np
import onnx
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch.nn.utils.rnn import pad_sequence

from goemotions.onnx_encoder import OnnxEncoder
from scripts.export_onnx import export_onnx

EVERY_LENGTH = (*range(1, 65), 1, 1, 96, 127, 159, 160, 161, 200, 256, 512)
USUAL_LENGTHS = range(4, 36)
# What float32 leaves where the same sums are taken in another order.
SAME = {"rtol": 1e-5, "atol": 1e-5}


def draw_comments(vocabulary, lengths):
    chance = random.Random(vocabulary)
    return [[chance.randrange(vocabulary) for _ in range(length)] for length in lengths]


@pytest.fixture(scope="module")
def comments(model):
    """Comments of random tokens: every length, and many of the usual ones, in random order."""
    chance = random.Random(1)
    lengths = [*EVERY_LENGTH, *chance.choices(USUAL_LENGTHS, k=160)]
    chance.shuffle(lengths)
    return draw_comments(model.vocabulary, lengths)


def padded_logits(model, comments):
    """What transformers answers for batches of 8 like lengths, padded, with an attention mask."""
    logits = np.empty((len(comments), 28), np.float32)
    by_length = sorted(range(len(comments)), key=lambda row: len(comments[row]))
    for start in range(0, len(comments), 8):
        rows = by_length[start : start + 8]
        ids = [torch.tensor(comments[row]) for row in rows]
        padded = pad_sequence(ids, batch_first=True)
        mask = pad_sequence([torch.ones_like(each) for each in ids], batch_first=True)
        with torch.no_grad():
            logits[rows] = model.reference(input_ids=padded, attention_mask=mask).logits.numpy()
    return logits


def test_its_logits_are_those_of_transformers(model, comments):
    logits = model.encoder.logits(comments)
    assert logits.dtype == np.float32
    expected = padded_logits(model, comments)
    assert expected.std(axis=0).min() > 0.01  # they differ, so that to equal them says something
    np.testing.assert_allclose(logits, expected, rtol=0, atol=1e-4)


def test_a_comment_is_answered_the_same_alone_as_among_others(model, comments):
    together = model.encoder.logits(comments)
    for row in range(0, len(comments), 4):
        alone = model.encoder.logits([comments[row]])
        np.testing.assert_allclose(alone[0], together[row], **SAME)


def test_rows_follow_the_order_of_the_batch(model, comments):
    reversed_rows = model.encoder.logits(comments[::-1])[::-1]
    np.testing.assert_allclose(reversed_rows, model.encoder.logits(comments), **SAME)


@pytest.mark.parametrize("run_tokens", [1, 40, 1000])
def test_the_tokens_of_a_run_do_not_change_the_logits(model, comments, run_tokens):
    encoder = OnnxEncoder(model.onnx_file, run_tokens=run_tokens)
    some = comments[:80]
    np.testing.assert_allclose(encoder.logits(some), model.encoder.logits(some), **SAME)


def test_two_threads_do_not_change_the_logits(model, comments):
    encoder = OnnxEncoder(model.onnx_file, threads=2)
    some = comments[:80]
    np.testing.assert_allclose(encoder.logits(some), model.encoder.logits(some), **SAME)


def test_an_empty_batch_has_no_rows(model):
    assert model.encoder.logits([]).shape == (0, 28)


def test_a_comment_without_tokens_is_refused(model):
    with pytest.raises(ValueError, match="at least one"):
        model.encoder.logits([[101, 102], []])


@pytest.mark.parametrize("setting", ["threads", "run_tokens"])
def test_a_number_below_one_is_refused_by_name(tmp_path, setting):
    with pytest.raises(ValueError, match=f"{setting} is 0; it must be at least 1"):
        OnnxEncoder(tmp_path / "model.onnx", **{setting: 0})


def test_a_missing_graph_says_what_to_do(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no model\.onnx in .*make package"):
        OnnxEncoder(tmp_path / "model.onnx")


def test_a_file_that_is_no_graph_says_what_to_do(tmp_path):
    file = tmp_path / "model.onnx"
    file.write_bytes(b"not a graph")
    with pytest.raises(ValueError, match=r"model\.onnx can't be loaded.*make package"):
        OnnxEncoder(file)


def test_a_graph_of_another_interface_says_what_to_do(model, tmp_path):
    graph = onnx.load(model.onnx_file)
    graph.graph.input[0].name = "input_ids"
    graph.graph.node.insert(0, onnx.helper.make_node("Identity", ["input_ids"], ["token_ids"]))
    onnx.save(graph, tmp_path / "model.onnx")
    with pytest.raises(ValueError, match=r"takes \('input_ids', .*make package"):
        OnnxEncoder(tmp_path / "model.onnx")


def test_a_graph_of_other_labels_says_what_to_do(tiny_folder, tmp_path):
    folder = shutil.copytree(tiny_folder, tmp_path / "model")
    tensors = load_file(folder / "model.safetensors")
    labels = {name: tensors[name][:14].clone() for name in ("classifier.weight", "classifier.bias")}
    save_file(tensors | labels, folder / "model.safetensors")
    export_onnx(folder, tmp_path / "model.onnx")
    with pytest.raises(ValueError, match=r"knows 14 labels and not the 28.*make train"):
        OnnxEncoder(tmp_path / "model.onnx")
