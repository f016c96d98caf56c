"""A study as it stands: its design, who was promoted, and its runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from training.study.comparison import compare
from training.study.design import Design
from training.study.design_files import load_design
from training.study.errors import StudyError
from training.study.promotion import Promotion, load_promotions, promote, save_promotions
from training.study.results import Result, load_results, merge_results
from training.study.trials import Trial, experiments_of_rung, trials_of_rung


@dataclass(frozen=True, slots=True)
class Study:
    """The experiments in a folder, and the folder of their runs.

    ``given``  what experiments need and only who runs them knows, by its name
    """

    experiments: Path
    runs: Path
    design: Design
    given: Mapping[str, str]

    @classmethod
    def load(cls, experiments: Path, runs: Path, given: Sequence[str] = ()) -> Self:
        """Read the design; ``given`` are texts ``NAME=VALUE``. Raises ``StudyError``."""
        design = load_design(experiments)
        return cls(experiments, runs, design, dict(_read_given(text, design) for text in given))

    def promotions(self) -> dict[int, Promotion]:
        """By rung: who entered it."""
        return load_promotions(self.experiments)

    def trials(self, rung: int, only: Sequence[str] = ()) -> list[Trial]:
        """The runs of a rung, of the experiments ``only`` where it names any."""
        trials = trials_of_rung(self.design, self.promotions(), rung, self.given)
        return [trial for trial in trials if not only or trial.experiment.name in only]

    def require(self, only: Sequence[str]) -> None:
        """Raise ``StudyError`` where one of the experiments ``only`` is in no rung."""
        known: dict[str, object] = {}
        for rung in range(len(self.design.rungs)):
            known |= experiments_of_rung(self.design, self.promotions(), rung)
        if unknown := sorted(set(only) - known.keys()):
            raise StudyError(
                f"no rung has an experiment {', '.join(unknown)}; known are {', '.join(known)}"
            )

    def results(self, kept: Path) -> list[Result]:
        """What the finished runs did, and what ``kept`` has of runs whose folders are gone.

        Raises ``StudyError`` and ``DataUnavailableError``.
        """
        # It imports torch, which running the queue does without.
        from training.study.measured_runs import measure_runs  # noqa: PLC0415

        trials = [t for rung in range(len(self.design.rungs)) for t in self.trials(rung)]
        return merge_results(load_results(kept), measure_runs(trials, self.runs))

    def promote(self, rung: int, kept: Path) -> Promotion:
        """Decide who goes on from ``rung``, and write it down. Raises ``StudyError``."""
        known = experiments_of_rung(self.design, self.promotions(), rung)
        promotion = promote(self.design, rung, compare(self.results(kept)), known)
        save_promotions(self.experiments, {**self.promotions(), rung + 1: promotion})
        return promotion


def _read_given(text: str, design: Design) -> tuple[str, str]:
    name, _, value = text.partition("=")
    needed = {key for each in design.experiments.values() for key in each.needs.values()}
    if name not in needed or not value:
        raise StudyError(
            f"--set was given {text!r}; it takes NAME=VALUE of what an experiment needs: "
            f"{', '.join(sorted(needed)) or 'none needs anything'}"
        )
    return name, value
