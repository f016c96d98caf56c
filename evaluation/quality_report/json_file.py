"""The figures as JSON, the same bytes for the same figures."""

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from evaluation.quality_report.goals import judge
from evaluation.quality_report.report import Report
from goemotions.taxonomy import LABELS

# Sums in another order, by another number of threads, differ from the seventh digit on.
_DIGITS: Final = 5


def write_figures(report: Report, file: Path) -> None:
    """Write all figures of ``report``, rounded to five digits; what is not defined is null."""
    content = as_json(report) | {
        "goals": as_json(judge(report)),
        "confusion": {"labels": list(LABELS), "gold_by_answer": as_json(report.confusion)},
    }
    text = json.dumps(content, indent=1, sort_keys=True, allow_nan=False, ensure_ascii=False)
    file.write_text(text + "\n", encoding="utf-8")


def as_json(value: object) -> Any:  # noqa: ANN401 - whatever json.dumps takes
    """``value`` in dicts, lists, strings and numbers; raises ``TypeError`` for what can't be."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return None if math.isnan(value) else round(value, _DIGITS)
        case np.ndarray():
            return as_json(value.tolist())
        case Mapping():
            return {str(key): as_json(inner) for key, inner in value.items()}
        case tuple() | list():
            return [as_json(inner) for inner in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_json(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"a {type(value).__name__} has no place in JSON")
