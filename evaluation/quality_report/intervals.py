"""Shares with their 95 % intervals, and the intervals of anything else."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest, bootstrap

DRAWS: Final = 1000
SEED: Final = 2023
_LEVEL: Final = 0.95

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % interval."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many, and the share that they are, 0 to 1.

    ``standard_error``  that of a binomial share.
    ``interval``        Wilson's score interval.
    """

    count: int
    of: int
    rate: float
    standard_error: float
    interval: Interval

    @classmethod
    def among(cls, chosen: NDArray[np.bool_]) -> Self:
        """The share of what is true; raises ``ValueError`` where there is nothing."""
        of = len(chosen)
        if not of:
            raise ValueError("there is nothing to take a share of")
        count = int(chosen.sum())
        rate = count / of
        found = binomtest(count, of).proportion_ci(_LEVEL, method="wilson")
        return cls(
            count=count,
            of=of,
            rate=rate,
            standard_error=float(np.sqrt(rate * (1 - rate) / of)),
            interval=Interval(float(found.low), float(found.high)),
        )


def bootstrap_interval(statistic: Callable[[Rows], float], comments: int) -> Interval:
    """The percentile interval of ``statistic`` over ``DRAWS`` draws of rows, with replacement.

    ``statistic`` takes row numbers ``(comments,)``, 0 to ``comments - 1``. The draws are the same
    each time.
    """
    found = bootstrap(
        (np.arange(comments),),
        statistic,
        n_resamples=DRAWS,
        vectorized=False,
        confidence_level=_LEVEL,
        method="percentile",
        rng=np.random.default_rng(SEED),
    ).confidence_interval
    return Interval(float(found.low), float(found.high))
