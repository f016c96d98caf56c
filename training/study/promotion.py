"""Who climbs from a rung to the next: the best of each question, written down with the reason."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from training.run import read_json, write_json
from training.study.comparison import Comparison
from training.study.design import Design, Experiment, Rung
from training.study.errors import StudyError

PROMOTIONS_FILE: Final = "promotions.json"
COMBINATION: Final = "combination"

# Standard errors that an experiment must be ahead to be combined with others.
_WINNING_MARGIN: Final = 1.0


@dataclass(frozen=True, slots=True)
class Decision:
    """An experiment of a rung, and whether it goes on.

    ``difference`` and its standard ``error`` are in points of hit rate, to two digits.
    """

    experiment: str
    question: str
    against: str
    difference: float
    error: float
    goes_on: bool
    why: str


@dataclass(frozen=True, slots=True)
class Promotion:
    """Who enters a rung from the one before it.

    ``combined``  the clear winners of their questions, the clearest last: their settings together
                  are one more experiment of the rung; empty where fewer than two won
    """

    decisions: tuple[Decision, ...]
    combined: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The experiments that go on."""
        return tuple(each.experiment for each in self.decisions if each.goes_on)


def load_promotions(folder: Path) -> dict[int, Promotion]:
    """By rung: who entered it. Raises ``StudyError`` where the record in ``folder`` is broken."""
    try:
        return {
            int(rung): Promotion(
                tuple(Decision(**decision) for decision in content["decisions"]),
                tuple(content["combined"]),
            )
            for rung, content in read_json(folder / PROMOTIONS_FILE).items()
        }
    except (ValueError, KeyError, TypeError) as error:
        raise StudyError(
            f"{folder / PROMOTIONS_FILE} can't be read ({error}); restore it, or remove it and "
            "promote again"
        ) from error


def save_promotions(folder: Path, promotions: Mapping[int, Promotion]) -> None:
    """Write down who entered which rung."""
    content: dict[str, Any] = {str(rung): asdict(promotions[rung]) for rung in sorted(promotions)}
    write_json(folder / PROMOTIONS_FILE, content)


def promote(
    design: Design, number: int, comparisons: Sequence[Comparison], known: Mapping[str, Experiment]
) -> Promotion:
    """Decide who goes on from the rung ``number``; ``known`` are its experiments by name.

    Raises ``StudyError`` where it is the last rung, or where none of it can be compared.
    """
    design.rung(number + 1)
    questions: dict[str, list[Comparison]] = {}
    for each in comparisons:
        if each.rung == number and each.against is not None and each.experiment in known:
            questions.setdefault(each.question, []).append(each)
    if not questions:
        raise StudyError(f"nothing of rung {number} can be compared yet; run it first")
    decisions = [
        decision
        for question in sorted(questions)
        for decision in _decide(questions[question], design.rung(number))
    ]
    return Promotion(tuple(decisions), _combine(questions.values(), known))


def _decide(rivals: Sequence[Comparison], rung: Rung) -> list[Decision]:
    """A decision on each of ``rivals``, which answer the same question, the best first."""
    decisions = []
    for place, rival in enumerate(sorted(rivals, key=_by_hit_rate)):
        behind = _lead(rival) < rung.margin
        if behind:
            why = f"less than {rung.margin:+g} standard errors from {rival.against}"
        elif place >= rung.keep:
            why = f"place {place + 1} of its question, of which {rung.keep} goes on"
        else:
            why = f"place {place + 1} of its question"
        decisions.append(
            Decision(
                experiment=rival.experiment,
                question=rival.question,
                against=str(rival.against),
                difference=round(100 * (rival.difference or 0.0), 2),
                error=round(100 * (rival.difference_error or 0.0), 2),
                goes_on=not behind and place < rung.keep,
                why=why,
            )
        )
    return decisions


def _combine(
    questions: Iterable[Sequence[Comparison]], known: Mapping[str, Experiment]
) -> tuple[str, ...]:
    best = [min(rivals, key=_by_hit_rate) for rivals in questions]
    winners = [
        each
        for each in best
        if _lead(each) >= _WINNING_MARGIN
        and each.question != COMBINATION
        and known[each.experiment].settings
    ]
    winners.sort(key=_lead)
    return tuple(each.experiment for each in winners) if len(winners) > 1 else ()


def _by_hit_rate(comparison: Comparison) -> tuple[float, str]:
    return -comparison.hit_rate, comparison.experiment


def _lead(comparison: Comparison) -> float:
    """How many standard errors it is ahead of what it is compared with; 0 without a difference."""
    if not comparison.difference:
        return 0.0
    return comparison.difference / (comparison.difference_error or math.inf)
