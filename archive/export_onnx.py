"""From the fine-tuned weights to the graph that is served."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Final

import onnx
import torch
from torch.export import Dim

from goemotions.encoders.packed_bert import PackedBert
from goemotions.encoders.packing import PackedRun, pack

# The first operator set that has GELU as an operator of its own.
_OPSET: Final = 20


def export_onnx(model_dir: Path, onnx_file: Path) -> None:
    """Write the model of ``model_dir`` to ``onnx_file``, weights and all.

    The graph takes the arrays of a `goemotions.encoders.packing.PackedRun`, of any number of tokens
    and comments, and yields ``logits`` ``(comments, 28)``. The same weights give the same bytes.
    Raises ``FileNotFoundError`` and ``ValueError`` as `PackedBert.from_folder` does.
    """
    model = _trace(PackedBert.from_folder(model_dir))
    _drop_notes(model.graph)
    # Without "+cpu" or "+cu130", which say where torch was installed from and change nothing.
    model.producer_version = torch.__version__.partition("+")[0]
    onnx.checker.check_model(model)
    onnx_file.write_bytes(model.SerializeToString(deterministic=True))


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
        raise RuntimeError("torch.onnx.export gave no program; it does where dynamo=True")
    return program.model_proto


def _drop_notes(graph: onnx.GraphProto) -> None:
    """Drop what the exporter notes of each part's origin: source lines and this machine's paths."""
    for parts in (graph.node, graph.value_info, graph.input, graph.output, graph.initializer):
        for part in parts:
            part.ClearField("metadata_props")
            part.ClearField("doc_string")
    graph.ClearField("metadata_props")
    graph.ClearField("doc_string")


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence the exporter, which warns of operators and axes that do not matter here."""
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)
