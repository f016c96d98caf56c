"""The cost of int8: measured on GoEmotions' dev comments, recorded, and refused if too high."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archive.checksum import sha256
from goemotions.encoders.protocol import Encoder
from goemotions.errors import GoEmotionsError, ModelFolderError
from goemotions.model_info import ModelInfo
from goemotions.quantization import FILE, Quantization
from goemotions.taxonomy import LABELS, fold
from goemotions.tokens import CommentTokenizer

GoldComment = tuple[str, frozenset[str]]
"""A comment's text and its folded gold labels."""
LoadComments = Callable[[], Sequence[GoldComment]]

# Of the hit rate, 0 to 1, that quantisation may cost: half a point.
LARGEST_LOSS: Final = 0.005
_RECORD_FILE: Final = "quantization.json"
# The record holds for these very files of the model folder.
_MEASURED: Final = ("model.safetensors", "tokenizer.json")


class QuantizationError(GoEmotionsError):
    """A quantised encoder that can't be compared, or that loses too much."""


def no_comments() -> Sequence[GoldComment]:
    """For builds that compare nothing; raises ``QuantizationError`` if one does."""
    raise QuantizationError("int8 has to be compared with float32, on comments; there are none")


def measure_quantization(model: Path, comments: Sequence[GoldComment]) -> Quantization:
    """The cost of int8 for the folder ``model``; raises ``ValueError`` if it can't be exported."""
    # Imported here, since torch takes seconds, and most of those who read a record need no graph.
    from archive.export_onnx import export_onnx, quantize_onnx  # noqa: PLC0415
    from goemotions.encoders.onnx_encoder import OnnxEncoder  # noqa: PLC0415

    with TemporaryDirectory() as folder:
        float32, int8 = Path(folder) / "float32.onnx", Path(folder) / "int8.onnx"
        export_onnx(model, float32)
        quantize_onnx(float32, int8)
        return compare(OnnxEncoder(float32), OnnxEncoder(int8), model, comments)


def compare(
    original: Encoder, quantised: Encoder, model: Path, comments: Sequence[GoldComment]
) -> Quantization:
    """The hit rates of both encoders and how often they differ, on one or more ``comments``.

    Both read by the tokenizer of the folder ``model``.
    """
    info = ModelInfo.load(model / "config.json")
    tokenizer = CommentTokenizer(model / "tokenizer.json", info.max_tokens)
    tokens = [each.ids for each in tokenizer.tokenize([text for text, _ in comments])]
    before, after = (_labels(encoder.logits(tokens)) for encoder in (original, quantised))
    return Quantization(
        precision="int8",
        comments=len(comments),
        hit_rate=_hit_rate(after, comments),
        hit_rate_fp32=_hit_rate(before, comments),
        changed_answers=float(np.mean(np.array(before) != np.array(after))),
    )


def loss_of(quantization: Quantization) -> float:
    """The hit rate that quantisation costs, -1 to 1; below 0 if it gains."""
    return quantization.hit_rate_fp32 - quantization.hit_rate


def refuse_loss(quantization: Quantization, largest_loss: float = LARGEST_LOSS) -> None:
    """Raise ``QuantizationError`` if the hit rate, 0 to 1, falls by more than ``largest_loss``."""
    loss = loss_of(quantization)
    if loss > largest_loss:
        raise QuantizationError(
            f"in {quantization.precision} the model loses {100 * loss:.2f} points of "
            f"its hit rate on {quantization.comments} dev comments "
            f"({quantization.hit_rate_fp32:.4f} to {quantization.hit_rate:.4f}), and at most "
            f"{100 * largest_loss:g} are accepted; package with QUANTIZE=none"
        )


def write_record(model: Path, quantization: Quantization) -> None:
    """Write into the folder ``model`` what was measured on its weights and its tokenizer."""
    _write({**_sums(model), "quantization": asdict(quantization)}, model / _RECORD_FILE)


def read_record(model: Path) -> Quantization | None:
    """The record of the folder ``model``; None if there is none, or one of other weights.

    Raises ``ModelFolderError`` if the file is not as ``write_record`` writes it.
    """
    file = model / _RECORD_FILE
    if not file.is_file():
        return None
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        found = Quantization(**content.pop("quantization"))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ModelFolderError(f"{file}: {error!r}; remove it, or run `make train`") from error
    return found if content == _sums(model) else None


def save_quantization(quantization: Quantization, files: Path) -> None:
    """Write the cost into ``files``, the folder of an archive, for the worker to tell."""
    _write(asdict(quantization), files / FILE)


def _labels(logits: NDArray[np.float32]) -> list[str]:
    return [LABELS[index] for index in fold(logits).argmax(axis=1)]


def _hit_rate(labels: Sequence[str], comments: Sequence[GoldComment]) -> float:
    hits = [label in gold for label, (_, gold) in zip(labels, comments, strict=True)]
    return float(np.mean(hits))


def _write(content: dict[str, Any], file: Path) -> None:
    file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _sums(model: Path) -> dict[str, str]:
    return {name: sha256(model / name) for name in _MEASURED}
