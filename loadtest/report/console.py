"""A run's lines on the terminal."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from loadtest.judging.verdict import Ending, LoadVerdict
from loadtest.options import RunOptions
from loadtest.scenarios import Capacity, Scenario

_console = Console(highlight=False, soft_wrap=True)


def tell_capacity(capacity: Capacity) -> None:
    """The figures that a scenario's load is made relative to."""
    _console.print(
        f"measured: {capacity.per_second:.0f} answers a second at most, p95 {capacity.p95_ms:.0f} "
        f"ms; the load generator used {capacity.generator_cores:.1f} of a core"
    )


def tell_start(scenario: Scenario, options: RunOptions, host: str, folder: Path) -> None:
    """Say what is about to happen."""
    _console.print(f"{scenario.name}: {scenario.about}")
    each = f", {scenario.options.arrivals:g} requests/s each" if scenario.options.arrivals else ""
    _console.print(
        f"{scenario.users:,} users at most{each}, {scenario.seconds:.0f} s at most, "
        f"against {host}; results in {folder}"
    )
    _console.print("each line: the figures of the last ten seconds; requests and failures in all")
    if options.web:
        _console.print(f"web page: http://127.0.0.1:{options.web_port}")


def tell_progress(stats: Any, users: int, seconds: float) -> None:  # noqa: ANN401 - Locust's own
    """One line with the last ten seconds' figures; ``stats`` is Locust's total."""
    p50, p95 = (stats.get_current_response_time_percentile(share) or 0 for share in (0.5, 0.95))
    _console.print(
        f"{seconds:5.0f} s  {users:5,} users  {stats.current_rps:7.1f} req/s  "
        f"{stats.current_fail_per_sec:6.1f} fail/s  p50 {p50:5.0f} ms  p95 {p95:5.0f} ms  "
        f"requests {stats.num_requests:,}  failed {stats.num_failures:,}"
    )


def tell_outcome(summary: Mapping[str, Any], verdict: LoadVerdict) -> None:
    """The figures of the run and its verdict."""
    table = Table("", *("requests", "failed", "p50 ms", "p90 ms", "p95 ms", "p99 ms"), box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for name, own in summary["by_name"].items():
        table.add_row(name, *_figures(own, own))
    table.add_section()
    table.add_row("all", *_figures(summary, summary["ms"]))
    _console.print()
    _console.print(table)
    _console.print(
        f"{summary['requests_per_second']:.1f} requests/s, mean {summary['ms']['mean']:.0f} ms"
    )
    for error, count in summary["errors"].items():
        _console.print(f"{count:,} x {error}", markup=False)
    _console.print()
    for check in verdict.checks:
        mark = "[green]ok    [/]" if check.passed else "[red]failed[/]"
        _console.print(f"{mark} {check.wanted}: {check.found}")
    completeness = summary["completeness"] or {"discrepancies": ()}
    for differing in completeness["discrepancies"]:
        _console.print(
            f"       request {differing['request_id']}: {differing['found']} log lines, "
            f"{differing['owed']} owed"
        )
    if verdict.lag:
        _console.print(f"the load generator did not keep up: {verdict.lag}; --workers may help")
    colour = "green" if verdict.ending is Ending.PASSED else "red"
    _console.print(f"verdict: [{colour}]{verdict.ending}[/]")


def tell_folder(folder: Path) -> None:
    """The folder that has everything."""
    _console.print(f"results: {folder}, with summary.json, report.html and more")


def _figures(counts: Mapping[str, Any], ms: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        f"{counts['requests']:,}",
        f"{counts['failures']:,}",
        *(f"{ms[name]:,.0f}" for name in ("p50", "p90", "p95", "p99")),
    )
