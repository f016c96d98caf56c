"""Calibrated probabilities: of the answers with a score of 0.8, 80 in 100 are right."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

# The lowest and the highest temperature that logits are divided by.
TEMPERATURES: Final = (0.05, 20.0)


def softmax(
    logits: NDArray[np.float32], temperature: float | NDArray[np.float64] = 1.0
) -> NDArray[np.float64]:
    """Probabilities of ``logits / temperature`` over the last axis; each row sums to 1."""
    scaled = logits.astype(np.float64) / temperature
    exponentials = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    probabilities: NDArray[np.float64] = exponentials / exponentials.sum(axis=-1, keepdims=True)
    return probabilities


@dataclass(frozen=True, slots=True)
class Calibration:
    """Temperature scaling with a temperature that depends on how sure the model is.

    A comment's logits are divided by ``T``, with ``log T = constant + slope * c + bend * c**2`` and
    ``c`` the highest of its uncalibrated probabilities. One temperature for all comments (Guo et
    al. 2017, arXiv:1706.04599) is the case of slope and bend 0; a temperature that depends on the
    logits is parameterized temperature scaling (Tomani et al. 2021, arXiv:2102.12182). ``T`` is
    kept within ``TEMPERATURES``, above 0, so that the label with the highest score stays the same.
    A comment's scores depend on that comment alone.
    """

    constant: float = 0.0
    slope: float = 0.0
    bend: float = 0.0

    @classmethod
    def of(cls, coefficients: Sequence[float]) -> Self:
        """The calibration of 1 to 3 finite numbers: constant, slope, bend; else ``ValueError``."""
        if len(coefficients) not in range(1, 4) or not np.isfinite(coefficients).all():
            raise ValueError(
                f"{list(coefficients)} must be 1 to 3 finite numbers: constant, slope, bend"
            )
        return cls(*map(float, coefficients))

    @property
    def coefficients(self) -> tuple[float, float, float]:
        """The constant, the slope and the bend of the temperature's logarithm."""
        return self.constant, self.slope, self.bend

    def temperatures(self, logits: NDArray[np.float32]) -> NDArray[np.float64]:
        """The temperature ``(..., 1)`` of each row of ``logits`` ``(..., labels)``."""
        surest = softmax(logits).max(axis=-1, keepdims=True)
        log_temperatures = self.constant + self.slope * surest + self.bend * surest**2
        temperatures: NDArray[np.float64] = np.exp(np.clip(log_temperatures, *np.log(TEMPERATURES)))
        return temperatures

    def probabilities(self, logits: NDArray[np.float32]) -> NDArray[np.float64]:
        """The scores ``(..., labels)`` of logits of that shape; each row sums to 1."""
        return softmax(logits, self.temperatures(logits))
