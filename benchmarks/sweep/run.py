"""``make sweep``: a run whose contenders are this service with one setting after another."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from archive.checksum import sha256, verify_checksum
from archive.inputs import REPOSITORY
from benchmarks.comparison.plan import QUICK, BenchPlan
from benchmarks.comparison.run import BenchRun
from benchmarks.contenders.contender import Contender
from benchmarks.contenders.setup import ENVIRONMENTS, Setup, ground
from benchmarks.errors import BenchmarkError
from benchmarks.load.wrk import require_wrk
from benchmarks.report.about import describe_ground
from benchmarks.report.console import BenchConsole
from benchmarks.report.record import BenchRecord
from benchmarks.sweep.document import put_into, read_sweep, setting_tables
from benchmarks.sweep.settings import settings_for
from benchmarks.sweep.variant import SweepSetting, contender_of, distinct
from service.instance import Instance
from service.resources import usable_cores
from terminal.results import new_folder

CLIENTS: Final = (1, 16, 64)


def plan_sweep(minutes: float, rounds: int, seconds: int, *, quick: bool) -> BenchPlan:
    """The plan of a sweep: no growth, no variants, no goals."""
    if quick:
        return replace(QUICK, growth=False)
    return BenchPlan(
        rounds, seconds, CLIENTS, minutes=minutes, trials=False, growth=False, judged=False
    )


def sweep(
    plan: BenchPlan,
    settings: Sequence[SweepSetting],
    archive: Path,
    results: Path,
    resume: Path | None,
    into: Path | None,
    seed: int,
) -> BenchRecord:
    """Measure ``settings`` and write it all into a new folder, or go on in that of ``resume``.

    The figures go into the document ``into`` as well. Raises ``GoEmotionsError`` if nothing can
    be measured.
    """
    require_wrk()
    verify_checksum(archive)
    console, now = BenchConsole("sweep"), datetime.now().astimezone()
    cores, model = usable_cores(), Instance.from_env().model
    console.warn_if_busy(cores)
    name = "sweep" if plan.minutes is not None else "quick-sweep"
    folder = resume or new_folder(results, name, now)
    with ground(archive, model, folder, cores, seed, ENVIRONMENTS) as setup:
        record = _begin(setup, plan, resume, seed, now)
        chosen = [contender_of(setting) for setting in distinct(settings, setup)]

        run = BenchRun(setup, plan, record, folder, setting_tables, console, around_the_first)
        try:
            complete = run.go(chosen, seed)
        finally:
            if into is not None:
                put_into(into, record)
    if not complete:
        console.tell(f"the time is used up; to go on: --resume {folder}")
    return record


def around_the_first(number: int, contenders: Sequence[Contender]) -> Iterable[Contender]:
    """The first one twice, since all others are compared with it, and the others between."""
    first, *others = contenders
    # A third further each round, so that one that the time ends early leaves out others than the
    # one before.
    shift = (number - 1) * max(1, len(others) // 3) % max(1, len(others))
    turned = (*others[shift:], *others[:shift])
    half = len(turned) // 2
    return (first, *turned[:half], first, *turned[half:])


def _begin(
    setup: Setup, plan: BenchPlan, resume: Path | None, seed: int, now: datetime
) -> BenchRecord:
    """A new record, or the one to go on with, in which what failed has another try.

    Raises ``BenchmarkError`` if its figures are of another service, machine or plan.
    """
    basis = {
        "archive": sha256(setup.archive),
        "properties": sha256(REPOSITORY / "config.properties"),
        "seconds": plan.seconds,
        "clients": list(plan.clients),
        "cores": setup.cores,
        "seed": seed,
    }
    if resume is None:
        everyone = tuple(map(contender_of, settings_for(setup.cores)))
        about = {**describe_ground(setup, seed, now), "plan": asdict(plan), "basis": basis}
        return BenchRecord(about, everyone)
    before = read_sweep(resume)
    known = before.about["basis"]
    if differ := [name for name in basis if basis[name] != known.get(name)]:
        raise BenchmarkError(
            f"the sweep to go on with was made with other {', '.join(differ)}; begin a new one"
        )
    return before
