"""What an archive of a quantised encoder says of it, in ``quantization.json``."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

_FILE: Final = "quantization.json"
# Of the hit rate, 0 to 1, that quantisation may cost: half a point.
LARGEST_LOSS: Final = 0.005


@dataclass(frozen=True, slots=True)
class Quantization:
    """How a quantised encoder answers GoEmotions' dev comments beside the one it was made from.

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

    @property
    def loss(self) -> float:
        """What quantisation costs of the hit rate, -1 to 1; below 0 where it gains."""
        return self.hit_rate_fp32 - self.hit_rate

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """What ``folder``, an unpacked archive, says; None where its encoder is in float32.

        Raises ``ValueError`` where the file is not as ``save`` writes it.
        """
        file = folder / _FILE
        if not file.is_file():
            return None
        try:
            return cls(**json.loads(file.read_text(encoding="utf-8")))
        except (ValueError, TypeError) as error:
            raise ValueError(f"{file}: {error}; run `make package`") from error

    def save(self, folder: Path) -> None:
        """Write it into ``folder``."""
        text = json.dumps(asdict(self), indent=2) + "\n"
        (folder / _FILE).write_text(text, encoding="utf-8")
