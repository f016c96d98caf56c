"""The int8 graph: what is in it, and what it answers."""

import os

import numpy as np
import onnx
import pytest
from onnx import TensorProto

from archive.quantization_cost import compare, refuse_loss
from evaluation.comment_pool import Source, load_comments
from evaluation.dataset import load_split
from evaluation.gold import gold_comments
from goemotions.encoders.onnx_encoder import OnnxEncoder
from goemotions.model_info import ModelInfo
from goemotions.taxonomy import fold
from goemotions.tokens import CommentTokenizer
from tests.artefacts import TRAINED

pytestmark = pytest.mark.weights

SOME = 400


@pytest.fixture(scope="module")
def graphs(float32_graph, int8_graph):
    """The trained model's graph in float32 and in int8."""
    return float32_graph, int8_graph


@pytest.fixture(scope="module")
def encoders(graphs):
    return tuple(OnnxEncoder(graph) for graph in graphs)


@pytest.fixture(scope="module")
def tokens():
    """Real comments if they are at hand, else the bundled ones."""
    info = ModelInfo.load(TRAINED / "config.json")
    tokenizer = CommentTokenizer(TRAINED / "tokenizer.json", info.max_tokens)
    comments = load_comments(Source.AUTO).comments[:SOME]
    return [each.ids for each in tokenizer.tokenize(comments)]


def test_every_linear_layer_is_int8_and_nothing_else(graphs):
    before, after = (onnx.load(graph).graph for graph in graphs)
    linear = [node for node in before.node if node.op_type == "Gemm"]
    operators = [node.op_type for node in after.node]
    assert operators.count("MatMulInteger") == len(linear)
    assert "Gemm" not in operators
    # The two products of attention in each layer.
    assert operators.count("MatMul") == sum(node.op_type == "MatMul" for node in before.node)


def test_embeddings_keep_their_precision(graphs):
    types = {tensor.name: tensor.data_type for tensor in onnx.load(graphs[1]).graph.initializer}
    gathered = {
        node.input[0] for node in onnx.load(graphs[1]).graph.node if node.op_type == "Gather"
    }
    tables = {types[name] for name in gathered if name in types}
    assert tables == {TensorProto.FLOAT16, TensorProto.FLOAT}


def test_weights_have_seven_bits_so_that_no_cpu_saturates(graphs):
    graph = onnx.load(graphs[1]).graph
    weights = [each for each in graph.initializer if each.data_type == TensorProto.INT8]
    largest = max(abs(onnx.numpy_helper.to_array(each).astype(int)).max() for each in weights)
    assert 60 <= largest <= 64
    assert 2 * 255 * largest < 2**15


def test_two_graphs_of_one_model_are_the_same_bytes(graphs, unpacked):
    assert (unpacked / "model.onnx").read_bytes() == graphs[1].read_bytes()


def test_a_comment_is_answered_to_the_bit_the_same_alone_as_among_others(encoders, tokens):
    _, int8 = encoders
    together = int8.logits(tokens)
    for row in range(0, len(tokens), 8):
        assert np.array_equal(int8.logits([tokens[row]])[0], together[row])


def test_it_answers_nearly_as_float32_does(encoders, tokens):
    before, after = (fold(encoder.logits(tokens)).argmax(axis=1) for encoder in encoders)
    assert 0 <= (before != after).mean() < 0.05


@pytest.mark.skipif(not os.environ.get("GOEMOTIONS_DIR"), reason="GOEMOTIONS_DIR is not set")
def test_it_loses_no_more_than_is_accepted_on_dev_comments(encoders):
    refuse_loss(
        compare(*encoders, TRAINED, gold_comments(load_split("dev")[:SOME])), largest_loss=0.02
    )


def test_comments_are_run_one_by_one_whatever_a_run_may_have(graphs, tokens):
    few, many = (OnnxEncoder(graphs[1], run_tokens=count) for count in (1, 2048))
    assert np.array_equal(few.logits(tokens[:40]), many.logits(tokens[:40]))
