"""How good an archive's answers are, by what it says of itself."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from goemotions.model_info import ModelInfo
from goemotions.quantization import Quantization

_SPLIT: Final = "dev"


@dataclass(frozen=True, slots=True)
class Quality:
    """The hit rate on GoEmotions' dev comments, 0 to 1, and its standard error."""

    hit_rate: float
    standard_error: float


def quality_of(folder: Path) -> Quality | None:
    """What ``folder``, an unpacked archive, has in ``config.json``, or of its quantised encoder.

    None where it does not say: a model that was not evaluated.
    """
    quantization = Quantization.load(folder)
    if quantization is not None:
        return _measured(quantization.hit_rate, quantization.comments)
    found = ModelInfo.load(folder / "config.json").quality.get(_SPLIT)
    if not found or not {"hit_rate", "comments"} <= found.keys():
        return None
    return _measured(found["hit_rate"], int(found["comments"]))


def _measured(hit_rate: float, comments: int) -> Quality:
    return Quality(hit_rate, math.sqrt(hit_rate * (1 - hit_rate) / comments))
