"""What the pictures of a run show: one panel for each metric, and the colours of them all."""

from dataclasses import dataclass
from typing import Final

SURFACE: Final = "#fcfcfb"
INK: Final = "#0b0b0b"
MUTED: Final = "#52514e"
GRID: Final = "#e6e5e1"
BLUE: Final = "#2a6fdb"
RED: Final = "#d1432f"


@dataclass(frozen=True, slots=True)
class Line:
    """One column of the timeline, and how it is drawn; a line without a label has no legend."""

    column: str
    colour: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One metric over time. A filled one has its area under the line tinted."""

    file: str
    title: str
    lines: tuple[Line, ...]
    filled: bool = True


PANELS: Final = (
    Panel("requests_per_second", "Requests answered a second", (Line("requests", BLUE),)),
    Panel("failures_per_second", "Failures a second", (Line("failures", RED),)),
    Panel("total_requests", "Requests in all", (Line("total_requests", BLUE),)),
    Panel("total_failures", "Failures in all", (Line("total_failures", RED),)),
    Panel("average_response_time", "Average response time, ms", (Line("mean_ms", BLUE),)),
    Panel(
        "percentiles",
        "Response time percentiles, ms",
        (
            Line("p50", "#9bc1f5", "p50"),
            Line("p90", "#5c97ea", "p90"),
            Line("p95", "#2a6fdb", "p95"),
            Line("p99", "#123f87", "p99"),
        ),
        filled=False,
    ),
    Panel("content_size", "Average size of an answer, bytes", (Line("size", "#7a5cc4"),)),
    Panel("users", "Users", (Line("users", "#2f8f5b"),)),
)
# Where the service's processes can be seen.
PROCESS_PANELS: Final = (
    Panel(
        "memory",
        "Memory, MB",
        (Line("jvm_mb", "#c98500", "JVM"), Line("worker_mb", "#7a5cc4", "workers, summed")),
        filled=False,
    ),
    Panel(
        "processor",
        "Processor, % of a core",
        (
            Line("jvm_cpu", "#c98500", "JVM"),
            Line("worker_cpu", "#7a5cc4", "workers, summed"),
            Line("generator_cpu", "#8a8985", "load generator"),
        ),
        filled=False,
    ),
)
