"""What is no graph of this service is refused as it is loaded."""

import onnx
import pytest

from archive.export_onnx import export_onnx
from goemotions.encoders.onnx_encoder import OnnxEncoder


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


def test_a_graph_tells_how_many_labels_it_knows(folder_of_14_labels, tmp_path):
    export_onnx(folder_of_14_labels, tmp_path / "model.onnx")
    assert OnnxEncoder(tmp_path / "model.onnx").labels == 14
