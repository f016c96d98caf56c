"""Hit rates of experiments on dev, and their paired differences.

Two runs answer the same comments, and mostly alike. The error of their difference is therefore
that of the mean over comments of ``hits of one - hits of the other``, which is smaller than what
the errors of two separate samples would add up to. It says what other dev comments would change;
what another seed would change is told by the spread over seeds.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from training.errors import StudyError
from training.settings import TrainingSettings
from training.study.design import BASELINE, Weights
from training.study.results import RunResult

Groups = Mapping[tuple[int, str], Sequence[RunResult]]

# Results that were kept before a setting existed were trained with its default.
_DEFAULTS: Final = asdict(TrainingSettings())

# A difference is clear if it is so many standard errors from 0, which chance exceeds in 5 %.
_CLEAR: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """An experiment in a rung, averaged over its seeds; all rates are 0 to 1.

    ``measured``          the kind of weights that it asks for
    ``differs``           its settings that differ from those of the rung's baseline
    ``error``             standard error of the hit rate, over dev comments
    ``spread``            standard deviation of the hit rate over seeds; None for one seed
    ``against``           what it is compared with; None for the baseline, and if that is missing
    ``against_seeds``     how many runs that is the mean of
    ``difference``        its hit rate less that of ``against``
    ``difference_error``  the paired standard error of the difference
    ``chosen``            epoch and kind of weights, by seed
    ``minutes``           that a run took, averaged over seeds
    """

    rung: int
    question: str
    experiment: str
    measured: Weights
    differs: str
    seeds: tuple[int, ...]
    hit_rate: float
    error: float
    spread: float | None
    against: str | None
    against_seeds: int
    difference: float | None
    difference_error: float | None
    macro_f1: float
    chosen: tuple[str, ...]
    minutes: float

    def is_clear(self, spread: float) -> bool:
        """Whether the difference is more than twice either of its errors.

        These are its paired error, and what seeds alone make of a single run's ``spread``.
        """
        if self.difference is None or self.difference_error is None:
            return False
        by_seeds = spread * math.sqrt(1 / len(self.seeds) + 1 / max(1, self.against_seeds))
        return abs(self.difference) > _CLEAR * max(self.difference_error, by_seeds)


def compare_experiments(results: Iterable[RunResult]) -> list[Comparison]:
    """By rung and question, the best first; the baseline opens its rung.

    An experiment whose ``compare_with`` has no result in the rung is compared with the baseline.
    Raises ``StudyError`` if two to compare were measured on different comments.
    """
    groups: dict[tuple[int, str], list[RunResult]] = {}
    for result in sorted(results, key=lambda each: each.key):
        groups.setdefault((result.rung, result.experiment), []).append(result)
    comparisons = [_compare(group, groups) for group in groups.values()]
    return sorted(
        comparisons,
        key=lambda c: (c.rung, c.experiment != BASELINE, c.question, -c.hit_rate, c.experiment),
    )


@dataclass(frozen=True, slots=True)
class SeedSpread:
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
    freedom, squares = 0, 0.0
    for each in comparisons:
        if each.spread is not None and each.measured == "best":
            freedom += len(each.seeds) - 1
            squares += each.spread**2 * (len(each.seeds) - 1)
    return SeedSpread(math.sqrt(squares / max(1, freedom)), freedom)


def _compare(group: Sequence[RunResult], groups: Groups) -> Comparison:
    first = group[0]
    reference = _find_reference(first, groups)
    hits = _mean_hits(group)
    rates = [result.hit_rate for result in group]
    apart = hits - _mean_hits(reference, like=first) if reference else None
    return Comparison(
        rung=first.rung,
        question=first.question,
        experiment=first.experiment,
        measured=first.measured,
        differs=_differing(first, groups.get((first.rung, BASELINE), group)[0]),
        seeds=tuple(result.seed for result in group),
        hit_rate=float(hits.mean()),
        error=_standard_error(hits),
        spread=float(np.std(rates, ddof=1)) if len(rates) > 1 else None,
        against=reference[0].experiment if reference else None,
        against_seeds=len(reference),
        difference=None if apart is None else float(apart.mean()),
        difference_error=None if apart is None else _standard_error(apart),
        macro_f1=float(np.mean([result.macro_f1 for result in group])),
        chosen=tuple(f"{result.epoch} {result.weights}" for result in group),
        minutes=float(np.mean([result.minutes for result in group])),
    )


def _find_reference(result: RunResult, groups: Groups) -> Sequence[RunResult]:
    if result.experiment == BASELINE:
        return ()
    wanted = groups.get((result.rung, result.compare_with))
    return wanted or groups.get((result.rung, BASELINE), ())


def _mean_hits(group: Sequence[RunResult], like: RunResult | None = None) -> NDArray[np.float64]:
    """``(comments,)``: the share of the group's seeds that hit each comment."""
    like = like or group[0]
    for result in group:
        if result.dev != like.dev:
            raise StudyError(
                f"{result.experiment} and {like.experiment} of rung {like.rung} were measured on "
                "different dev comments; run both on the same data"
            )
    share: NDArray[np.float64] = np.mean([result.hits for result in group], axis=0)
    return share


def _standard_error(values: NDArray[np.float64]) -> float:
    return float(values.std(ddof=1) / math.sqrt(len(values)))


def _differing(result: RunResult, baseline: RunResult) -> str:
    own, base = ({**_DEFAULTS, **each.settings} for each in (result, baseline))
    names = sorted(name for name in own if name != "seed" and own[name] != base.get(name))
    parts = [f"{name} {own[name]}" for name in names]
    if result.measured != baseline.measured:
        parts.append(f"{result.measured} weights")
    return ", ".join(parts)
