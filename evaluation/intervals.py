"""Shares with their 95 % intervals, and the bootstrap interval of any other figure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta, binomtest, bootstrap, t

DRAWS: Final = 1000
SEED: Final = 2023
_LEVEL: Final = 0.95
_TAIL: Final = (1 - _LEVEL) / 2

Rows = NDArray[np.intp]


class Interval(NamedTuple):
    """A 95 % interval."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Tally:
    """How many checks were passed, of how many."""

    passed: int
    checks: int

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.passed + other.passed, self.checks + other.checks)

    @classmethod
    def total(cls, tallies: Iterable["Tally"]) -> "Tally":
        """All of them together."""
        return sum(tallies, start=cls(0, 0))

    @property
    def rate(self) -> float:
        """The share of passed checks, 0 to 1; there must be a check."""
        return self.passed / self.checks


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many, and the share that they are, 0 to 1.

    ``standard_error``  that of a binomial share.
    """

    count: int
    of: int
    rate: float
    standard_error: float
    interval: Interval

    @classmethod
    def among(cls, chosen: NDArray[np.bool_] | Sequence[bool]) -> Self:
        """The share of what is true, with Wilson's score interval.

        Raises ``ValueError`` if there is nothing.
        """
        count, of = int(np.sum(chosen)), len(chosen)
        if not of:
            raise ValueError("there is nothing to take a share of")
        interval = binomtest(count, of).proportion_ci(_LEVEL, method="wilson")
        return cls._of(count, of, independent=of, interval=(interval.low, interval.high))

    @classmethod
    def of_clusters(cls, clusters: Sequence[Tally]) -> Self:
        """The share of passed checks, if the checks of a cluster resemble each other.

        A template filled with forty names is not forty independent checks. So the interval is the
        exact binomial one at the effective number of checks: as many independent ones as would
        vary like these (Korn and Graubard 1998, Survey Methodology 24: 193-201). If nothing
        varies, a cluster counts as one check. Raises ``ValueError`` for no cluster.
        """
        if not clusters:
            raise ValueError("there are no checks to take a share of")
        total = Tally.total(clusters)
        number = _effective_number(clusters, total)
        passed = total.rate * number
        failed = number - passed
        low = beta.ppf(_TAIL, passed, failed + 1) if total.passed else 0.0
        high = beta.ppf(1 - _TAIL, passed + 1, failed) if total.passed < total.checks else 1.0
        return cls._of(total.passed, total.checks, independent=number, interval=(low, high))

    @classmethod
    def _of(cls, count: int, of: int, independent: float, interval: tuple[float, float]) -> Self:
        rate = count / of
        return cls(
            count=count,
            of=of,
            rate=rate,
            standard_error=float(np.sqrt(rate * (1 - rate) / independent)),
            interval=Interval(*map(float, interval)),
        )


def _effective_number(clusters: Sequence[Tally], total: Tally) -> float:
    count = len(clusters)
    residuals = [each.passed - total.rate * each.checks for each in clusters]
    spread = float(np.square(residuals).sum())
    if count == 1 or not spread:
        return count
    variance = spread * count / (count - 1) / total.checks**2
    few_clusters = (t.ppf(_TAIL, total.checks - 1) / t.ppf(_TAIL, count - 1)) ** 2
    number = total.rate * (1 - total.rate) / variance * few_clusters
    return min(float(number), float(total.checks))


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
