"""The files of an archive, as a worker finds them when TorchServe has unpacked it."""

import shutil
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

from archive.export_onnx import export_onnx, quantize_onnx
from archive.inputs import HANDLER, ArchiveInputs
from archive.plan import Quantize
from archive.quantization_cost import (
    LARGEST_LOSS,
    GoldComment,
    compare,
    refuse_loss,
    save_quantization,
)
from goemotions.classifier import Classifier
from goemotions.encoders.choice import EncoderChoice, EncoderKind, load_encoder
from goemotions.encoders.onnx_encoder import OnnxEncoder
from goemotions.errors import ModelFolderError
from goemotions.model_info import ModelInfo
from goemotions.quantization import Quantization
from goemotions.tokens import CommentTokenizer

_GRAPH: Final = "model.onnx"


def stage_files(
    inputs: ArchiveInputs,
    kinds: Collection[EncoderKind],
    files: Path,
    dev: Sequence[GoldComment] = (),
    largest_loss: float = LARGEST_LOSS,
) -> Quantization | None:
    """Make the folder ``files``: all but the handler's own file and ``model-config.yaml``.

    ``kinds`` are the encoders that it is for. ``dev`` are the comments on which int8 is compared
    with float32, if ``inputs`` need that. Returns the cost of quantisation, or None if the graph is
    in float32. Raises ``ModelFolderError`` for a model that no worker could load and answer with,
    and ``QuantizationError`` for one that loses more than ``largest_loss``, 0 to 1, of its hit rate
    by quantisation.
    """
    without_cache = shutil.ignore_patterns("__pycache__")
    shutil.copytree(HANDLER / "goemotions", files / "goemotions", ignore=without_cache)
    names = ["config.json", "tokenizer.json"]
    if set(kinds) - {EncoderKind.ONNX}:
        names.append("model.safetensors")
    for name in names:
        shutil.copyfile(inputs.model / name, files / name)
    try:
        found = _make_graph(inputs, files, dev, largest_loss) if EncoderKind.ONNX in kinds else None
        for kind in sorted(kinds):
            _try_out(kind, files)
    except ValueError as error:
        raise ModelFolderError(str(error)) from error
    return found


def _make_graph(
    inputs: ArchiveInputs, files: Path, dev: Sequence[GoldComment], largest_loss: float
) -> Quantization | None:
    graph = files / _GRAPH
    if inputs.quantize is Quantize.NONE:
        export_onnx(inputs.model, graph)
        return None
    float32 = files.with_name("float32.onnx")
    export_onnx(inputs.model, float32)
    quantize_onnx(float32, graph)
    found = inputs.recorded or compare(OnnxEncoder(float32), OnnxEncoder(graph), inputs.model, dev)
    refuse_loss(found, largest_loss)
    save_quantization(found, files)
    return found


def _try_out(kind: EncoderKind, files: Path) -> None:
    """Load what a worker will, and answer the longest comment that it will be given."""
    info = ModelInfo.load(files / "config.json")
    tokenizer = CommentTokenizer(files / "tokenizer.json", info.max_tokens)
    longest = "so " * info.max_tokens
    encoder = load_encoder(EncoderChoice(kind, "cpu"), files, threads=1, run_tokens=160)
    classifier = Classifier(tokenizer, encoder, info.calibration)
    try:
        classifier.classify([longest])
    except Exception as error:  # ONNX Runtime's and torch's share no base class but this one
        raise ModelFolderError(
            f"the model can't answer a comment of {info.max_tokens} tokens: {error}; has it as "
            "many positions as config.json says max_tokens under goemotions?"
        ) from error
