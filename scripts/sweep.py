"""``make sweep``: each setting of TorchServe and of the handler, measured by itself."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from archive.checksum import sha256, verify_checksum
from benchmarks.about import describe_ground, headline
from benchmarks.console import Progress
from benchmarks.errors import BenchmarkError
from benchmarks.setup import REPOSITORY, Setup
from benchmarks.sweep.document import as_markdown, put_into
from benchmarks.sweep.findings import Findings
from benchmarks.sweep.plan import QUICK, SweepPlan
from benchmarks.sweep.run import SweepRun, distinct
from benchmarks.sweep.setting import COMMITTED, Setting
from benchmarks.sweep.settings import settings_for
from benchmarks.sweep.tables import as_frames, tables_of
from benchmarks.sweep.variant import Variant
from benchmarks.workload import load_workload
from benchmarks.wrk import require_wrk
from service.cores import usable_cores
from service.instance import Instance
from terminal.ending import FAILED, ending
from terminal.results import new_folder

_RESULTS: Final = Path(__file__).parents[1] / "results"
_QUICK_LEVER: Final = "together"  # changes all that can be changed: a smoke test of each


def main(
    *,
    quick: Annotated[
        bool, typer.Option("--quick", help="A smoke test of seconds; its figures are none.")
    ] = False,
    minutes: Annotated[float, typer.Option(min=0, help="After which no further turn begins.")] = 18,
    rounds: Annotated[int, typer.Option(min=1, help="Turns of each setting, at most.")] = 5,
    seconds: Annotated[int, typer.Option(min=1, help="Seconds of each load.")] = 2,
    lever: Annotated[
        list[str] | None,
        typer.Option(help="What is varied, such as batchSize; may be repeated; all by default."),
    ] = None,
    archive: Annotated[Path, typer.Option(help="What is served.")] = Path(
        "model_store/goemotions.mar"
    ),
    results: Annotated[Path, typer.Option(help="Where the folder of the run goes.")] = _RESULTS,
    resume: Annotated[
        Path | None, typer.Option(help="The folder of a sweep that was broken off, to go on.")
    ] = None,
    into: Annotated[
        Path | None, typer.Option(help="A document whose figures to replace, docs/tuning.md.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the order of the comments.")] = 1,
) -> None:
    """Measure all in turns; 0 when each was measured, 1 when one failed, 2 when none can be."""
    plan = QUICK if quick else SweepPlan(minutes, rounds, seconds)
    with ending("sweep"):
        settings = _choose(lever, quick=quick)
        failed = _sweep(plan, settings, archive, results, resume, into, seed)
    raise typer.Exit(FAILED if failed else 0)


def _sweep(
    plan: SweepPlan,
    settings: Sequence[Setting],
    archive: Path,
    results: Path,
    resume: Path | None,
    into: Path | None,
    seed: int,
) -> bool:
    """Run it all and write it all; returns whether a setting failed."""
    require_wrk()
    verify_checksum(archive)
    progress, now = Progress("sweep"), datetime.now().astimezone()
    progress.warn_where_busy(usable_cores())
    before = None if resume is None else Findings.load(resume)
    folder = resume or new_folder(results, "quick-sweep" if plan is QUICK else "sweep", now)
    with tempfile.TemporaryDirectory(prefix="goemotions-sweep-") as own:
        setup = _setup(archive, Path(own), folder, seed)
        chosen = distinct(settings, setup)
        findings = _begin(before, setup, plan, chosen, seed, now)
        run = SweepRun(setup, plan, chosen, findings, folder, progress)
        try:
            complete = run.go()
        finally:
            _conclude(folder, findings, progress, into)
    if not complete:
        progress.tell(f"the time is used up; to go on: --resume {folder}")
    return bool(findings.failures)


def _setup(archive: Path, own: Path, folder: Path, seed: int) -> Setup:
    logs = folder.absolute() / "logs"
    logs.mkdir(exist_ok=True)
    return Setup(
        archive=archive.absolute(),
        model=Instance.from_env().model.absolute(),
        folder=own,
        logs=logs,
        environments=REPOSITORY / ".bench",
        cores=usable_cores(),
        workload=load_workload(seed),
    )


def _begin(
    before: Findings | None,
    setup: Setup,
    plan: SweepPlan,
    settings: Mapping[str, tuple[Setting, Variant]],
    seed: int,
    now: datetime,
) -> Findings:
    """What goes on from ``before``; raises ``BenchmarkError`` where its figures are of another."""
    basis = {
        "archive": sha256(setup.archive),
        "properties": sha256(REPOSITORY / "config.properties"),
        "plan": {"seconds": plan.seconds, "clients": list(plan.clients)},
        "cores": setup.cores,
        "seed": seed,
    }
    described = {name: asdict(setting) for name, (setting, _) in settings.items()}
    if before is None:
        return Findings(describe_ground(setup, seed, now), basis, described)
    if differ := [name for name in basis if basis[name] != before.basis.get(name)]:
        raise BenchmarkError(
            f"the sweep to go on with was made with other {', '.join(differ)}; begin a new one"
        )
    before.failures.clear()  # another try
    return replace(before, settings={**before.settings, **described})


def _conclude(folder: Path, findings: Findings, progress: Progress, into: Path | None) -> None:
    findings.save(folder)
    for name, frame in as_frames(findings).items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8") as file:
            file.write(f"# {headline(findings.about)}\n")
            frame.to_csv(file, index=False)
    (folder / "table.md").write_text(as_markdown(findings), encoding="utf-8")
    if into is not None:
        put_into(into, findings)
    closing = f"{headline(findings.about)}\nresults: {folder}"
    progress.show(tables_of(findings), closing)


def _choose(levers: Sequence[str] | None, *, quick: bool) -> Sequence[Setting]:
    """The settings of the levers named, and what is delivered; all where none is named."""
    settings = settings_for(usable_cores())
    known = dict.fromkeys(setting.lever for setting in settings)
    if unknown := [lever for lever in levers or [] if lever not in known]:
        raise BenchmarkError(
            f"no lever is called {', '.join(unknown)}; known are {', '.join(known)}"
        )
    if not levers and quick:
        together = [setting for setting in settings if setting.lever == _QUICK_LEVER]
        return (settings[0], together[0])
    wanted = {COMMITTED, *(levers or known)}
    return [setting for setting in settings if setting.lever in wanted]


if __name__ == "__main__":
    typer.run(main)
