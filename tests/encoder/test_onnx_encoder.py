"""The encoder in ONNX Runtime refuses what is no graph of this service."""

import onnx
import pytest
from onnx import numpy_helper

from goemotions.encoders.onnx_encoder import OnnxEncoder

pytestmark = pytest.mark.weights


def test_a_missing_graph_says_what_to_do(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no model\.onnx in .*make package"):
        OnnxEncoder(tmp_path / "model.onnx")


def test_a_file_that_is_no_graph_says_what_to_do(tmp_path):
    file = tmp_path / "model.onnx"
    file.write_bytes(b"not a graph")
    with pytest.raises(ValueError, match=r"model\.onnx can't be loaded.*make package"):
        OnnxEncoder(file)


def test_a_graph_of_another_interface_says_what_to_do(tiny_graph, tmp_path):
    graph = onnx.load(tiny_graph)
    graph.graph.input[0].name = "input_ids"
    graph.graph.node.insert(0, onnx.helper.make_node("Identity", ["input_ids"], ["token_ids"]))
    onnx.save(graph, tmp_path / "model.onnx")
    with pytest.raises(ValueError, match=r"takes \('input_ids', .*make package"):
        OnnxEncoder(tmp_path / "model.onnx")


def test_a_graph_tells_how_many_labels_it_knows(tiny_graph, tmp_path):
    graph = onnx.load(tiny_graph)
    tensors = {each.name: each for each in graph.graph.initializer}
    (classifier,) = [node for node in graph.graph.node if "logits" in node.output]
    for name in classifier.input[1:]:
        half = numpy_helper.to_array(tensors[name])[:14]
        tensors[name].CopyFrom(numpy_helper.from_array(half, name))
    graph.graph.output[0].type.tensor_type.shape.dim[1].dim_value = 14
    onnx.save(graph, tmp_path / "model.onnx")
    assert OnnxEncoder(tiny_graph).labels == 28
    assert OnnxEncoder(tmp_path / "model.onnx").labels == 14
