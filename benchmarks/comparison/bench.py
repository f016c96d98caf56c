"""``make bench``: this service, its peers and the limits of both, into a folder of results."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path

from benchmarks.comparison.plan import BenchPlan
from benchmarks.comparison.run import BenchRun
from benchmarks.contenders.contender import Contender, Role
from benchmarks.contenders.own_models import OwnModel, own_contenders
from benchmarks.contenders.setup import ground, require_same_weights
from benchmarks.load.wrk import require_wrk
from benchmarks.report.about import describe_environments, describe_ground
from benchmarks.report.console import BenchConsole
from benchmarks.report.record import BenchRecord
from benchmarks.report.results import draw_plots
from benchmarks.report.tables import tables_of
from service.instance import Instance
from terminal.results import new_folder


def compare(
    plan: BenchPlan,
    contenders: Sequence[Contender],
    models: Sequence[OwnModel],
    archive: Path,
    environments: Path,
    results: Path,
    seed: int,
) -> BenchRecord:
    """Measure ``contenders``, and this service with ``models``; write it all into a new folder.

    Raises ``GoEmotionsError`` if nothing can be measured.
    """
    require_wrk()
    instance = Instance.from_env()
    require_same_weights(archive, instance.model)
    console, now = BenchConsole(), datetime.now().astimezone()
    if plan.judged:
        console.warn_if_busy(instance.workers)
    folder = new_folder(results, "bench" if plan.judged else "quick", now)
    with ground(archive, instance.model, folder, instance.workers, seed, environments) as setup:
        own = own_contenders(models, environments / "archives", console.begin)
        measured = sorted([*contenders, *own], key=lambda each: each.role is not Role.OURS)
        about = {
            **describe_ground(setup, seed, now),
            "environments": describe_environments(environments),
            "plan": asdict(plan),
        }
        record = BenchRecord(about, tuple(measured))

        try:
            tables = partial(tables_of, judged=plan.judged)
            BenchRun(setup, plan, record, folder, tables, console).go(measured, seed)
        finally:
            draw_plots(folder, record)
    return record
