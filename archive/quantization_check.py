"""What quantisation costs: a quantised encoder beside its original, on GoEmotions' dev comments."""

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from archive.export_onnx import export_onnx
from archive.quantization_record import LARGEST_LOSS, loss_of
from archive.quantize_onnx import quantize_onnx
from goemotions.encoders.onnx_encoder import OnnxEncoder
from goemotions.encoders.protocol import Encoder
from goemotions.errors import GoEmotionsError
from goemotions.model_info import ModelInfo
from goemotions.quantization import Quantization
from goemotions.taxonomy import LABELS, fold
from goemotions.tokens import CommentTokenizer

GoldComment = tuple[str, frozenset[str]]
"""A comment's text and its folded gold labels."""
LoadComments = Callable[[], Sequence[GoldComment]]


class QuantizationError(GoEmotionsError):
    """A quantised encoder that can't be compared, or that loses too much."""


def no_comments() -> Sequence[GoldComment]:
    """For builds that compare nothing; raises ``QuantizationError`` if one does."""
    raise QuantizationError("int8 has to be compared with float32, on comments; there are none")


def write_graphs(model: Path, float32: Path, int8: Path) -> None:
    """Export the folder ``model`` in both; raises ``ValueError`` where it can't be exported."""
    export_onnx(model, float32)
    quantize_onnx(float32, int8)


def measure_quantization(model: Path, comments: Sequence[GoldComment]) -> Quantization:
    """What int8 costs the folder ``model``; raises as ``write_graphs``."""
    with TemporaryDirectory() as folder:
        float32, int8 = Path(folder) / "float32.onnx", Path(folder) / "int8.onnx"
        write_graphs(model, float32, int8)
        return compare(OnnxEncoder(float32), OnnxEncoder(int8), model, comments)


def compare(
    original: Encoder, quantised: Encoder, model: Path, comments: Sequence[GoldComment]
) -> Quantization:
    """The hit rates of both, and how often they differ, on ``comments``, of which there are some.

    ``model`` is the folder whose tokenizer both read by.
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


def refuse_loss(quantization: Quantization, largest_loss: float = LARGEST_LOSS) -> None:
    """Raise ``QuantizationError`` where the hit rate, 0 to 1, falls by more than that."""
    loss = loss_of(quantization)
    if loss > largest_loss:
        raise QuantizationError(
            f"in {quantization.precision} the model loses {100 * loss:.2f} points of "
            f"its hit rate on {quantization.comments} dev comments "
            f"({quantization.hit_rate_fp32:.4f} to {quantization.hit_rate:.4f}), and at most "
            f"{100 * largest_loss:g} are accepted; package with QUANTIZE=none"
        )


def _labels(logits: NDArray[np.float32]) -> list[str]:
    return [LABELS[index] for index in fold(logits).argmax(axis=1)]


def _hit_rate(labels: Sequence[str], comments: Sequence[GoldComment]) -> float:
    hits = [label in gold for label, (_, gold) in zip(labels, comments, strict=True)]
    return float(np.mean(hits))
