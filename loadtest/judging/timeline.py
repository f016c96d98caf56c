"""A run's requests as a table, and by the second."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from loadtest.traffic.replies import RequestRecord

PERCENTILES: Final = (50, 90, 95, 99)

_NUMBERS: Final = ("time", "ms", "sent_s", "answered_s")
_COUNTS: Final = ("status", "size", "log_lines")
_TEXTS: Final = ("name", "request_id", "label", "error")


def requests_table(records: Iterable[Sequence[object]], started: float) -> pd.DataFrame:
    """A row for each request, in the order of sending.

    ``records`` have the fields of ``RequestRecord``. Added are ``sent_s`` and ``answered_s``,
    seconds since ``started`` (seconds since the epoch).
    """
    table = pd.DataFrame.from_records(list(records), columns=list(RequestRecord._fields))
    table = table.astype({"time": float, "ms": float, "status": int, "size": int})
    table["sent_s"] = table["time"] - started
    table["answered_s"] = table["sent_s"] + table["ms"] / 1000
    return table.sort_values("time", ignore_index=True)


def read_requests(file: Path) -> pd.DataFrame:
    """The table that a results folder keeps as ``requests.csv.gz``."""
    # Not guessed: a run without requests has columns too, and "null" is a text.
    types = {**dict.fromkeys(_NUMBERS, float), **dict.fromkeys(_COUNTS, int)}
    return pd.read_csv(file, keep_default_na=False, dtype={**types, **dict.fromkeys(_TEXTS, str)})


def failed(table: pd.DataFrame) -> pd.DataFrame:
    """The requests that were not answered rightly."""
    return table[table["error"] != ""]


def between(table: pd.DataFrame, from_s: float, to_s: float) -> pd.DataFrame:
    """The requests sent from ``from_s`` up to, and without, ``to_s``."""
    return table[(table["sent_s"] >= from_s) & (table["sent_s"] < to_s)]


def percentiles_ms(table: pd.DataFrame) -> dict[str, float]:
    """p50, p90, p95 and p99 of the time that answers took; all 0 without a request."""
    if table.empty:
        return {f"p{percent}": 0.0 for percent in PERCENTILES}
    values = np.percentile(table["ms"], PERCENTILES)
    return {f"p{p}": round(float(v), 1) for p, v in zip(PERCENTILES, values, strict=True)}


def by_second(table: pd.DataFrame, seconds: int, every_s: int = 1) -> pd.DataFrame:
    """The answers in each ``every_s`` seconds of the first ``seconds``.

    An interval that is not over by then is left out: its rate would be too low. The index is
    the interval's start in seconds. ``requests`` and ``failures`` are per second,
    ``total_requests`` and ``total_failures`` the sums up to the interval's end, ``mean_ms`` and
    the percentiles ``p50`` to ``p99`` those of the interval, and ``size`` its mean in bytes.
    If nothing was answered, these are NaN.
    """
    index = pd.RangeIndex(0, max(every_s, seconds - seconds % every_s), every_s)
    interval = (table["answered_s"] // every_s * every_s).astype(int)
    groups = table.groupby(interval)
    wrong = failed(table).groupby(interval)["ms"].count()
    quantiles = groups["ms"].quantile([percent / 100 for percent in PERCENTILES]).unstack()
    columns = {
        "requests": groups["ms"].count().reindex(index, fill_value=0) / every_s,
        "failures": wrong.reindex(index, fill_value=0) / every_s,
        "mean_ms": groups["ms"].mean().reindex(index),
        "size": groups["size"].mean().reindex(index),
    }
    for percent in PERCENTILES:
        column = quantiles.get(percent / 100)
        columns[f"p{percent}"] = (
            pd.Series(np.nan, index=index) if column is None else column.reindex(index)
        )
    seen = pd.DataFrame(columns, index=index)
    seen["total_requests"] = (seen["requests"] * every_s).cumsum()
    seen["total_failures"] = (seen["failures"] * every_s).cumsum()
    return seen
