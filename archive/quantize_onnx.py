"""From the exported graph to one that computes its linear layers in int8."""

import logging
from pathlib import Path

import onnx
from onnxruntime.quantization import QuantType, quantize_dynamic

from goemotions.encoders.onnx_encoder import ONE_COMMENT_A_RUN


def quantize_onnx(onnx_file: Path, int8_file: Path) -> None:
    """Write the graph of ``onnx_file`` with int8 linear layers to ``int8_file``.

    Weights are rounded when it is built, a scale for each output channel; activations when it
    runs, a scale for each matrix. Embeddings, norms and the products of attention stay as they
    are. The same graph gives the same bytes.
    """
    graph = onnx.load(onnx_file)
    logging.disable(logging.WARNING)  # it advises a step that this graph does not need
    try:
        quantize_dynamic(
            graph,
            int8_file,
            op_types_to_quantize=["MatMul"],  # Gemm is one, once its bias is taken off
            weight_type=QuantType.QInt8,
            per_channel=True,
            # Weights of 7 bits: CPUs without VNNI add two products of 8 bits in 16, which
            # saturates (2 * 255 * 127 > 2 ** 15). With 7 all CPUs compute the same.
            reduce_range=True,
        )
    finally:
        logging.disable(logging.NOTSET)
    _note(int8_file)


def _note(int8_file: Path) -> None:
    graph = onnx.load(int8_file)
    onnx.helper.set_model_props(graph, {ONE_COMMENT_A_RUN: "activations share a scale"})
    onnx.checker.check_model(graph)
    int8_file.write_bytes(graph.SerializeToString(deterministic=True))
