"""What the queue tells on the terminal: a line for each change, and a live table of what trains."""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Self

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from training.run import Run, read_json
from training.study.queue import Job, State

_COLOURS: Final = {
    State.RUNNING: "cyan",
    State.FINISHED: "green",
    State.STOPPED: "yellow",
    State.FAILED: "red",
}


class QueueConsole:
    """Shows the queue: a live table on a terminal, the lines alone in a file."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, transient=True, auto_refresh=False)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    def tell(self, job: Job) -> None:
        """A line on the new state of ``job``."""
        colour, details = _COLOURS[job.state], _details(job)
        self._console.print(
            f"[{colour}]{job.state:>8}[/] {job.trial.name}{': ' if details else ''}"
            f"{escape(details)}",
            highlight=False,
            soft_wrap=True,
        )

    def refresh(self, jobs: Sequence[Job]) -> None:
        """Draw the table of what trains."""
        if self._console.is_terminal:
            self._live.update(_table(jobs), refresh=True)


def _table(jobs: Sequence[Job]) -> Table:
    counts = Counter(job.state for job in jobs)
    caption = ", ".join(f"{counts[state]} {state}" for state in State if counts[state])
    table = Table(caption=caption, caption_justify="left", box=None, pad_edge=False)
    for name in ("run", "step", "left", "hit rate on dev"):
        table.add_column(name, justify="left" if name == "run" else "right")
    for job in jobs:
        if job.state is State.RUNNING and job.child is not None:
            headway = job.child.headway()
            steps = (f"{headway.step}/{headway.steps}", headway.left) if headway else ("starts", "")
            table.add_row(job.trial.name, *steps, _best_on_dev(job.run))
    return table


def _details(job: Job) -> str:
    if job.state is State.FAILED:
        return f"{job.reason} (log: {job.log})"
    if job.state is State.FINISHED:
        minutes = read_json(job.run.record_file).get("seconds", 0.0) / 60
        return f"{_best_on_dev(job.run)} on dev, {minutes:.1f} minutes"
    return ""


def _best_on_dev(run: Run) -> str:
    """The best hit rate so far, folded as it is served, with its epoch and weights."""
    entries = read_json(run.dev_file).values()
    if not entries:
        return "-"
    best = max(entries, key=_served_hit_rate)
    return f"{_served_hit_rate(best):.2%} (epoch {best['epoch']}, {best['weights']})"


def _served_hit_rate(entry: Mapping[str, Any]) -> float:
    # The served way of folding comes first (training.logits, which imports torch: too much
    # for a process that waits for others).
    return float(next(iter(entry["hit_rate"].values())))
