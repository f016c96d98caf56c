"""The files of an archive, as a worker finds them when TorchServe has unpacked it."""

import shutil
from pathlib import Path
from typing import Final

from goemotions.encoders import EncoderChoice, EncoderKind, load_encoder
from goemotions.model_info import ModelInfo
from goemotions.onnx_encoder import OnnxEncoder
from goemotions.quantization import Quantization
from goemotions.settings import Settings
from goemotions.tokens import CommentTokenizer
from scripts.archive_inputs import HANDLER, ArchiveInputs, ModelFolderError
from scripts.archive_plan import Quantize
from scripts.export_onnx import export_onnx
from scripts.quantization_check import compare, load_dev, refuse_loss, write_graphs

_GRAPH: Final = "model.onnx"


def stage_files(inputs: ArchiveInputs, files: Path, largest_loss: float) -> Quantization | None:
    """Make the folder ``files``: all but the handler's own file and ``model-config.yaml``.

    Returns what quantisation costs; None where the graph stays in float32. Raises
    ``ModelFolderError`` for a model that no worker could load and answer with, and
    ``OperationError`` for one that can't be served as it is set, or that loses more than
    ``largest_loss``, 0 to 1, of its hit rate by quantisation.
    """
    kinds = inputs.plan()
    without_cache = shutil.ignore_patterns("__pycache__")
    shutil.copytree(HANDLER / "goemotions", files / "goemotions", ignore=without_cache)
    names = ["config.json", "tokenizer.json"]
    if kinds - {EncoderKind.ONNX}:
        names.append("model.safetensors")
    for name in names:
        shutil.copyfile(inputs.model / name, files / name)
    try:
        found = _make_graph(inputs, files, largest_loss) if EncoderKind.ONNX in kinds else None
        for kind in sorted(kinds):
            _try_out(kind, files)
    except ValueError as error:
        raise ModelFolderError(str(error)) from error
    return found


def _make_graph(inputs: ArchiveInputs, files: Path, largest_loss: float) -> Quantization | None:
    graph = files / _GRAPH
    if inputs.quantize is Quantize.NONE:
        export_onnx(inputs.model, graph)
        return None
    # First, since it fails at once where they can't be had.
    dev = load_dev() if inputs.recorded is None else []
    float32 = files.with_name("float32.onnx")
    write_graphs(inputs.model, float32, graph)
    found = inputs.recorded or compare(OnnxEncoder(float32), OnnxEncoder(graph), inputs.model, dev)
    refuse_loss(found, largest_loss)
    found.save(files)
    return found


def _try_out(kind: EncoderKind, files: Path) -> None:
    """Load what a worker will, and answer the longest comment that it will be given."""
    info = ModelInfo.load(files / "config.json")
    tokenizer = CommentTokenizer(files / "tokenizer.json", info.max_tokens)
    (longest,) = tokenizer.tokenize(["so " * info.max_tokens])
    encoder = load_encoder(EncoderChoice(kind, "cpu"), files, Settings())
    try:
        encoder.logits([longest.ids])
    except Exception as error:  # ONNX Runtime's and torch's share no base class but this one
        raise ModelFolderError(
            f"the model can't answer a comment of {len(longest.ids)} tokens: {error}; has it as "
            "many positions as config.json says max_tokens under goemotions?"
        ) from error
