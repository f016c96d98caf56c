"""Hit rates of experiments on dev, and their paired differences.

Two runs answer the same comments, and mostly alike. The error of their difference is therefore
that of the mean over comments of ``hits of one - hits of the other``, which is smaller than what
the errors of two separate samples would add up to. It says what other dev comments would change;
what another seed would change is told by the spread over seeds.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from training.errors import StudyError
from training.settings import TrainingSettings
from training.study.design import BASELINE
from training.study.results import RunResult

Groups = Mapping[tuple[int, str], Sequence[RunResult]]

# Results that were kept before a setting existed were trained with its default.
_DEFAULTS: Final = asdict(TrainingSettings())

# A difference is clear if it is so many standard errors from 0, which chance exceeds in 5 %.
_CLEAR: Final = 2.0


class Estimate(NamedTuple):
    """The mean of a figure over dev comments, and its standard error; both in shares of 1."""

    mean: float
    error: float

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> Self:
        """The estimate from ``(comments,)``."""
        return cls(float(values.mean()), float(values.std(ddof=1) / math.sqrt(len(values))))

    def __format__(self, form: str) -> str:
        """Both in points; ``form`` is the mean's."""
        return f"{100 * self.mean:{form}} ± {100 * self.error:.2f}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """An experiment in a rung, averaged over its seeds.

    ``runs``        one or more, each of another seed
    ``reference``   the runs that it is compared with; none for the baseline, or if they are missing
    ``difference``  its hit rate less that of the reference; paired
    ``differs``     its settings that differ from those of the rung's baseline
    """

    runs: Sequence[RunResult]
    reference: Sequence[RunResult]
    hit_rate: Estimate
    difference: Estimate | None
    differs: str

    @property
    def experiment(self) -> str:
        """The experiment's name."""
        return self.runs[0].experiment

    @property
    def against(self) -> str:
        """The name of what it is compared with, empty if that is the baseline or nothing."""
        name = self.reference[0].experiment if self.reference else BASELINE
        return "" if name == BASELINE else name

    @property
    def spread(self) -> float | None:
        """The standard deviation of the hit rate over seeds, 0 to 1; None for one seed."""
        rates = [run.hit_rate for run in self.runs]
        return float(np.std(rates, ddof=1)) if len(rates) > 1 else None

    def is_clear(self, spread: float) -> bool:
        """Whether the difference is more than twice either of its errors.

        These are its paired error, and what seeds alone make of a single run's ``spread``.
        """
        if self.difference is None:
            return False
        by_seeds = spread * math.sqrt(1 / len(self.runs) + 1 / len(self.reference))
        return abs(self.difference.mean) > _CLEAR * max(self.difference.error, by_seeds)


def compare_experiments(results: Iterable[RunResult]) -> list[Comparison]:
    """By rung and question, the best first; the baseline opens its rung.

    An experiment whose ``compare_with`` has no result in the rung is compared with the baseline.
    Raises ``StudyError`` if two to compare were measured on different comments.
    """
    groups: dict[tuple[int, str], list[RunResult]] = {}
    for result in sorted(results, key=lambda each: each.key):
        groups.setdefault((result.rung, result.experiment), []).append(result)
    return sorted((_compare(group, groups) for group in groups.values()), key=_place)


class SeedSpread(NamedTuple):
    """The standard deviation, 0 to 1, of a hit rate over seeds, and its degrees of freedom."""

    deviation: float
    freedom: int

    @property
    def of_a_difference(self) -> float:
        """The standard deviation of the difference of two single runs."""
        return self.deviation * math.sqrt(2)


def seed_spread(comparisons: Iterable[Comparison]) -> SeedSpread:
    """The spread over seeds, pooled over the experiments with several; 0 if there is none.

    One that asks for a kind of weights may be another's runs measured again, and is left out.
    """
    groups = [each for each in comparisons if each.runs[0].measured == "best"]
    freedom = sum(len(each.runs) - 1 for each in groups)
    squares = sum((each.spread or 0.0) ** 2 * (len(each.runs) - 1) for each in groups)
    return SeedSpread(math.sqrt(squares / max(1, freedom)), freedom)


def _place(comparison: Comparison) -> tuple[int, bool, str, float, str]:
    first, rate = comparison.runs[0], comparison.hit_rate.mean
    return first.rung, first.experiment != BASELINE, first.question, -rate, first.experiment


def _compare(group: Sequence[RunResult], groups: Groups) -> Comparison:
    first = group[0]
    baseline = groups.get((first.rung, BASELINE), ())
    reference = groups.get((first.rung, first.compare_with)) or baseline
    if first.experiment == BASELINE:
        reference = ()
    for other in (*group, *reference):
        if other.dev != first.dev:
            raise StudyError(
                f"{other.experiment} and {first.experiment} of rung {first.rung} were measured on "
                "different dev comments; run both on the same data"
            )
    hits = _mean_hits(group)
    difference = Estimate.of(hits - _mean_hits(reference)) if reference else None
    differs = _differing(first, (baseline or group)[0])
    return Comparison(group, reference, Estimate.of(hits), difference, differs)


def _mean_hits(group: Sequence[RunResult]) -> NDArray[np.float64]:
    """``(comments,)``: the share of the group's seeds that hit each comment."""
    share: NDArray[np.float64] = np.mean([result.hits for result in group], axis=0)
    return share


def _differing(result: RunResult, baseline: RunResult) -> str:
    own, base = ({**_DEFAULTS, **each.settings} for each in (result, baseline))
    names = sorted(name for name in own if name != "seed" and own[name] != base.get(name))
    weights = [f"{result.measured} weights"] if result.measured != baseline.measured else []
    return ", ".join([*(f"{name} {own[name]}" for name in names), *weights])
