"""The forms of figures in reports: texts and Markdown for readers, plain values for JSON."""

import math
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from jinja2 import Environment, StrictUndefined

from evaluation.intervals import Interval, Share

Figures = dict[str, Any]
"""Figures by name, for a report: numbers, texts, shares and intervals, and tables of these."""

_LEAST_P_VALUE: Final = 0.001
_UNDEFINED: Final = "-"


def percent(share: float, digits: int = 1) -> str:
    """``0.6731`` as ``67.3 %``."""
    return _UNDEFINED if math.isnan(share) else f"{100 * share:.{digits}f} %"


def points(difference: float, digits: int = 1) -> str:
    """``-0.021`` as ``-2.1``, in points; always with its sign."""
    return _UNDEFINED if math.isnan(difference) else f"{100 * difference:+.{digits}f}"


def figure(value: float, digits: int = 2) -> str:
    """``0.6173`` as ``0.62``."""
    return _UNDEFINED if math.isnan(value) else f"{value:.{digits}f}"


def count(number: int) -> str:
    """``5426`` as ``5,426``."""
    return f"{number:,}"


def p_value(value: float) -> str:
    """``0.0561`` as ``0.056``."""
    return f"< {_LEAST_P_VALUE}" if value < _LEAST_P_VALUE else f"{value:.3f}"


def with_error(share: Share) -> str:
    """A share and its standard error: ``67.3 ± 0.9 %``."""
    return f"{100 * share.rate:.1f} ± {100 * share.standard_error:.1f} %"


def percent_range(interval: Interval) -> str:
    """The ends of an interval of shares: ``65.5 to 69.1 %``."""
    return f"{100 * interval.low:.1f} to {100 * interval.high:.1f} %"


def figure_range(interval: Interval, digits: int = 2) -> str:
    """The ends of an interval: ``0.59 to 0.63``."""
    return f"{interval.low:.{digits}f} to {interval.high:.{digits}f}"


FILTERS: Final[Mapping[str, Callable[..., str]]] = {
    each.__name__: each
    for each in (percent, points, figure, count, p_value, with_error, percent_range, figure_range)
}
"""By name, for the templates of reports."""


def render(template: Path, **values: object) -> str:
    """The Markdown of the report whose Jinja template is in the file ``template``."""
    environment = Environment(  # noqa: S701 - Markdown, not HTML
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters |= FILTERS
    return environment.from_string(template.read_text(encoding="utf-8")).render(values)


def as_json(value: object, digits: int) -> Any:  # noqa: ANN401 - whatever json.dumps takes
    """``value`` in dicts, lists, strings and numbers rounded to ``digits``; NaN is None.

    Raises ``TypeError`` for what JSON can't hold.
    """
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return None if math.isnan(value) else round(value, digits)
        case Mapping():
            return {str(key): as_json(inner, digits) for key, inner in value.items()}
        case Interval():
            return as_json(value._asdict(), digits)
        case np.ndarray() | tuple() | list():
            return [as_json(inner, digits) for inner in value]
    if is_dataclass(value) and not isinstance(value, type):
        found = {field.name: getattr(value, field.name) for field in fields(value)}
        return as_json(found, digits)
    raise TypeError(f"JSON can't hold a {type(value).__name__}")
