"""The table of a sweep, and its place in a document between two marks."""

import json
from pathlib import Path
from typing import Any, Final

from benchmarks.errors import BenchmarkError
from benchmarks.report.record import BenchRecord, Turn
from benchmarks.report.results import FILE, as_markdown, write_csv
from benchmarks.report.tables import FigureTable, in_digits, in_spread
from benchmarks.sweep.settings import settings_for
from benchmarks.sweep.variant import COMMITTED, contender_of

BEGIN: Final = "<!-- figures: written by benchmarks/sweep; the rest by hand -->"
END: Final = "<!-- end of the figures -->"

_LONE: Final = 1  # client: latency is what counts


def read_sweep(folder: Path) -> BenchRecord:
    """What a sweep has written into ``folder``; raises ``BenchmarkError`` if there is none."""
    file = folder / FILE
    try:
        document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        about = document["about"]
        turns = {(turn.pop("contender"), turn.pop("round")): turn for turn in document["turns"]}
        return BenchRecord(
            about,
            tuple(map(contender_of, settings_for(about["basis"]["cores"]))),
            {key: Turn.read(turn) for key, turn in turns.items()},
        )
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise BenchmarkError(
            f"{file} holds no sweep ({error!r}); name the folder of one"
        ) from error


def put_into(document: Path, record: BenchRecord) -> None:
    """Write a short table between the marks, and all figures as CSV into ``figures`` beside it.

    Raises ``BenchmarkError`` if a mark is missing.
    """
    text = document.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise BenchmarkError(
            f"{document} has no lines `{BEGIN}` and `{END}`, between which the figures go; add them"
        )
    figures = document.parent / "figures"
    figures.mkdir(exist_ok=True)
    files = write_csv(figures, record, prefix=f"{document.stem}-")
    links = " and ".join(f"[{file.name}](figures/{file.name})" for file in files)
    found = as_markdown(setting_tables(record, short=True), record)
    figures_link = f"All figures: {links}.\n" if files else ""
    document.write_text(
        f"{before}{BEGIN}\n\n{found}\n{figures_link}\n{END}{after}", encoding="utf-8"
    )


def setting_tables(record: BenchRecord, *, short: bool = False) -> list[FigureTable]:
    """A table with each setting that was measured; none if none was.

    If it is ``short``, of each lever the value alone that answered most to the most clients.
    """
    if not record.clients:
        return []
    most = record.clients[-1]
    rates = {
        each.key: rate
        for each in record.measured()
        if (rate := record.median(each.key, "per_second", most))
    }
    kept = [each for each in record.measured() if each.key in rates]
    if short:
        best = {each.about: each for each in sorted(kept, key=lambda each: rates[each.key])}
        kept = [each for each in kept if best[each.about] is each]
    delivered = next((rates[each.key] for each in kept if each.name == COMMITTED), None)
    rows = [
        [
            each.name,
            each.about,
            *(in_spread(record.values(each.key, "per_second", n)) for n in record.clients),
            f"{rates[each.key] / delivered:.2f}" if delivered else "-",
            in_spread(record.values(each.key, "p50_ms", _LONE)),
            in_spread(record.values(each.key, "p99_ms", most)),
            in_digits(record.median(each.key, "first_ms", most)),
            in_digits(record.median(each.key, "first_mib")),
            in_digits(record.median(each.key, "idle_percent")),
            str(sum(key == each.key for key, _ in record.turns)),
        ]
        for each in kept
    ]
    header = [
        *("setting", "lever", *(f"comments/s, {n}" for n in record.clients), f"ratio at {most}"),
        *(f"p50 at {_LONE}, ms", f"p99 at {most}, ms", "frontend, ms", "frontend, MiB"),
        *("idle, % of a core", "turns"),
    ]
    which = "Of each lever what answered most" if short else "Each setting"
    title = (
        f"{which}: medians (lowest-highest) by clients; ratio: to the service {COMMITTED}; "
        "frontend: core time for each comment, and memory"
    )
    return [FigureTable(title, header, rows)]
