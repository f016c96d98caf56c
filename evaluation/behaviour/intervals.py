"""The interval of a share whose checks come in clusters."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import beta, t

from evaluation.behaviour.outcome import Tally

_TAIL = 0.025


def clustered_interval(clusters: Sequence[Tally]) -> tuple[float, float]:
    """The 95 % interval of the share of passed checks, where those of a cluster are alike.

    A template filled with forty names is not forty independent checks. So the exact binomial
    interval is taken at the effective number of checks: as many independent ones as would vary
    like these (Korn and Graubard 1998, Survey Methodology 24: 193-201). Where nothing varies, a
    cluster counts as one check. Raises ``ValueError`` for no cluster.
    """
    if not clusters:
        raise ValueError("there are no checks to find an interval for")
    total = sum(clusters, start=Tally(0, 0))
    number = _effective_number(clusters, total)
    passed = total.rate * number
    failed = number - passed
    low = float(beta.ppf(_TAIL, passed, failed + 1)) if total.passed else 0.0
    high = float(beta.ppf(1 - _TAIL, passed + 1, failed)) if total.passed < total.checks else 1.0
    return low, high


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
