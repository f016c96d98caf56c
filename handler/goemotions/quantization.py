"""The cost of a quantised encoder, which an archive states in ``served_quantization.json``."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from goemotions.errors import ModelFolderError

FILE: Final = "served_quantization.json"


@dataclass(frozen=True, slots=True)
class Quantization:
    """A quantised encoder compared, on GoEmotions' dev comments, with the one it was made from.

    ``precision``        of the weights and activations: ``int8``.
    ``comments``         how many comments were compared.
    ``hit_rate``         0 to 1, of the quantised encoder.
    ``hit_rate_fp32``    0 to 1, of the encoder in float32.
    ``changed_answers``  the share, 0 to 1, of comments that the two label differently.
    """

    precision: str
    comments: int
    hit_rate: float
    hit_rate_fp32: float
    changed_answers: float

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """What ``folder``, an unpacked archive, states; None if its encoder is in float32.

        Raises ``ModelFolderError`` if the file is not one that `make package` writes.
        """
        file = folder / FILE
        if not file.is_file():
            return None
        try:
            return cls(**json.loads(file.read_text(encoding="utf-8")))
        except (ValueError, TypeError) as error:
            raise ModelFolderError(f"{file}: {error}; run `make package`") from error
