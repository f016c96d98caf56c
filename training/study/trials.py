"""From experiments to runs: who is in a rung, with which settings, in which folder."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from training.settings import TrainingSettings
from training.study.design import Design, Experiment, Setting
from training.study.errors import StudyError
from training.study.promotion import COMBINATION, Promotion

_DEFAULTS: Final = TrainingSettings()


@dataclass(frozen=True, slots=True)
class Trial:
    """One run of an experiment, with one seed.

    ``run_of``   the experiment whose run it is: another one's where that has the same settings
    ``missing``  names of what it needs and was not given
    """

    rung: int
    experiment: Experiment
    seed: int
    settings: TrainingSettings
    run_of: str
    missing: tuple[str, ...]

    @property
    def name(self) -> str:
        """The run's folder under that of all runs."""
        return f"rung-{self.rung}/{self.run_of}/seed-{self.seed}"

    def command(self, runs: Path) -> list[str]:
        """What trains it in its folder under ``runs``; defaults are left to the program."""
        options = [
            f"--{name.replace('_', '-')}={value}"
            for name, value in asdict(self.settings).items()
            if value != getattr(_DEFAULTS, name)
        ]
        return ["python", "-m", "scripts.training", "train", f"--run={runs / self.name}", *options]


def experiments_of_rung(
    design: Design, promotions: Mapping[int, Promotion], rung: int
) -> dict[str, Experiment]:
    """By name: the baseline, who enters here, who was promoted, and the combination of winners.

    Raises ``StudyError`` where an experiment was promoted that has no file any more.
    """
    known = dict(design.experiments)
    for number in range(rung + 1):
        if number in promotions and (combined := promotions[number].combined):
            experiment = _combination(number, combined, known)
            known[experiment.name] = experiment
    promoted = set(promotions[rung].names) if rung in promotions else set()
    if unknown := sorted(promoted - known.keys()):
        raise StudyError(
            f"{', '.join(unknown)} went on to rung {rung}, but has no file any more; restore it, "
            "or promote again"
        )
    return {
        name: experiment
        for name, experiment in known.items()
        if experiment.first_rung == rung or experiment.is_baseline or name in promoted
    }


def trials_of_rung(
    design: Design,
    promotions: Mapping[int, Promotion],
    rung: int,
    given: Mapping[str, str] | None = None,
) -> list[Trial]:
    """Every run of a rung, the baseline's first; ``given`` holds what they need.

    Runs with the same settings are one run. Raises ``StudyError`` and ``TrainingSettingsError``.
    """
    given = given or {}
    owners: dict[TrainingSettings, str] = {}
    trials = []
    for experiment in experiments_of_rung(design, promotions, rung).values():
        missing = tuple(key for key in experiment.needs.values() if key not in given)
        for seed in design.seeds(experiment, rung):
            settings = design.settings(experiment, rung, seed, given)
            # What is still missing may be all that sets it apart.
            owner = experiment.name if missing else owners.setdefault(settings, experiment.name)
            trials.append(Trial(rung, experiment, seed, settings, owner, missing))
    return trials


def _combination(
    rung: int, members: tuple[str, ...], known: Mapping[str, Experiment]
) -> Experiment:
    """The members' settings together; where two set the same, the later member's holds."""
    if unknown := sorted(set(members) - known.keys()):
        raise StudyError(
            f"{', '.join(unknown)} is combined in rung {rung}, but has no file any more; restore "
            "it, or promote again"
        )
    settings: dict[str, Setting] = {}
    needs: dict[str, str] = {}
    for member in members:
        settings |= known[member].settings
        needs |= known[member].needs
    return Experiment(
        name=f"{COMBINATION}-{rung}",
        question=COMBINATION,
        settings=settings,
        first_rung=rung,
        needs=needs,
    )
