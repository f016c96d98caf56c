"""The measured cost of int8, in a model folder and in an archive."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from archive.checksum import sha256
from goemotions.errors import ModelFolderError
from goemotions.quantization import FILE, Quantization

RECORD_FILE: Final = "quantization.json"
# Of the hit rate, 0 to 1, that quantisation may cost: half a point.
LARGEST_LOSS: Final = 0.005
# Others than these, and the record is of another model.
_MEASURED: Final = ("model.safetensors", "tokenizer.json")


def write_record(model: Path, quantization: Quantization) -> None:
    """Write into the folder ``model`` what was measured on its weights and its tokenizer."""
    content = {**_sums(model), "quantization": asdict(quantization)}
    _write(content, model / RECORD_FILE)


def save_quantization(quantization: Quantization, files: Path) -> None:
    """Write what the archive of the folder ``files`` says of its encoder."""
    _write(asdict(quantization), files / FILE)


def loss_of(quantization: Quantization) -> float:
    """What quantisation costs of the hit rate, -1 to 1; below 0 if it gains."""
    return quantization.hit_rate_fp32 - quantization.hit_rate


def read_record(model: Path) -> Quantization | None:
    """What the folder says; None where it says nothing, or of other weights or tokenizers.

    Raises ``ModelFolderError`` if the file is not as ``write_record`` writes it.
    """
    file = model / RECORD_FILE
    if not file.is_file():
        return None
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        found = Quantization(**content.pop("quantization"))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ModelFolderError(f"{file}: {error!r}; remove it, or run `make train`") from error
    return found if content == _sums(model) else None


def _write(content: dict[str, Any], file: Path) -> None:
    file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _sums(model: Path) -> dict[str, str]:
    return {name: sha256(model / name) for name in _MEASURED}
