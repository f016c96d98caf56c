"""What a model folder says that int8 costs it, so that a build needs no GoEmotions."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

from goemotions.quantization import Quantization
from scripts.checksum import sha256

RECORD_FILE: Final = "quantization.json"
# Others than these, and the record is of another model.
_MEASURED: Final = ("model.safetensors", "tokenizer.json")


def write_record(model: Path, quantization: Quantization) -> None:
    """Write into the folder ``model`` what was measured on its weights and its tokenizer."""
    content = {**_sums(model), "quantization": asdict(quantization)}
    text = json.dumps(content, indent=2) + "\n"
    (model / RECORD_FILE).write_text(text, encoding="utf-8")


def read_record(model: Path) -> Quantization | None:
    """What the folder says; None where it says nothing, or of other weights or tokenizers.

    Raises ``ValueError`` where the file is not as ``write_record`` writes it.
    """
    file = model / RECORD_FILE
    if not file.is_file():
        return None
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        found = Quantization(**content.pop("quantization"))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"{file}: {error!r}; remove it, or run `make train`") from error
    return found if content == _sums(model) else None


def _sums(model: Path) -> dict[str, str]:
    return {name: sha256(model / name) for name in _MEASURED}
