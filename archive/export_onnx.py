"""The graph that is served: exported from the fine-tuned weights, and made int8."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Final

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch.export import Dim

from goemotions.encoders.onnx_encoder import ONE_COMMENT_A_RUN
from goemotions.encoders.packed_bert import PackedBert
from goemotions.encoders.packing import PackedRun, pack

# The first operator set that has GELU as an operator of its own.
_OPSET: Final = 20


def export_onnx(model_dir: Path, onnx_file: Path) -> None:
    """Write the model of ``model_dir`` to ``onnx_file``, weights and all, in float32.

    The graph takes the arrays of a `goemotions.encoders.packing.PackedRun`, of any number of tokens
    and comments, and yields ``logits`` ``(comments, 28)``. The same weights give the same bytes.
    Raises ``FileNotFoundError`` and ``ValueError`` as `PackedBert.from_folder` does.
    """
    model = _trace(PackedBert.from_folder(model_dir))
    _drop_notes(model.graph)
    # Without "+cpu" or "+cu130", which say where torch was installed from and change nothing.
    model.producer_version = torch.__version__.partition("+")[0]
    _write(model, onnx_file)


def quantize_onnx(onnx_file: Path, int8_file: Path) -> None:
    """Write the graph of ``onnx_file`` with int8 linear layers to ``int8_file``.

    Weights are rounded now, with a scale for each output channel; activations are rounded when the
    graph runs, with a scale for each matrix. Embeddings, norms and the products of attention stay
    as they are. The same graph gives the same bytes.
    """
    with _quiet():  # it advises a step that this graph does not need
        quantize_dynamic(
            onnx.load(onnx_file),
            int8_file,
            op_types_to_quantize=["MatMul"],  # a Gemm counts as one, without its bias
            weight_type=QuantType.QInt8,
            per_channel=True,
            # Weights of 7 bits: CPUs without VNNI add two products of 8 bits in 16 bits, which
            # saturates (2 * 255 * 127 > 2 ** 15). With 7 bits all CPUs compute the same.
            reduce_range=True,
        )
    model = onnx.load(int8_file)
    onnx.helper.set_model_props(model, {ONE_COMMENT_A_RUN: "activations share a scale"})
    _write(model, int8_file)


def _trace(model: PackedBert) -> onnx.ModelProto:
    tokens, comments = Dim("tokens"), Dim("comments")
    names = [field.name for field in fields(PackedRun)]
    axes = [comments if name == "first_tokens" else tokens for name in names]
    example = pack([[0] * 3, [0] * 4])
    with _quiet(), torch.no_grad():
        program = torch.onnx.export(
            model,
            tuple(torch.from_numpy(getattr(example, name)) for name in names),
            dynamo=True,
            input_names=names,
            output_names=["logits"],
            dynamic_shapes=tuple({0: axis} for axis in axes),
            opset_version=_OPSET,
            external_data=False,
            verbose=False,
        )
    if program is None:
        raise RuntimeError("torch.onnx.export gave no program, which it does with dynamo=True")
    return program.model_proto


def _drop_notes(graph: onnx.GraphProto) -> None:
    """Drop the exporter's notes on the origin of each part: source lines, this machine's paths."""
    for parts in (graph.node, graph.value_info, graph.input, graph.output, graph.initializer):
        for part in parts:
            part.ClearField("metadata_props")
            part.ClearField("doc_string")
    graph.ClearField("metadata_props")
    graph.ClearField("doc_string")


def _write(model: onnx.ModelProto, file: Path) -> None:
    onnx.checker.check_model(model)
    file.write_bytes(model.SerializeToString(deterministic=True))


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence warnings of operators, axes and steps that do not matter here."""
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)
