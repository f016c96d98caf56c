"""Requests tables made by hand, in place of a run's."""

import itertools

from loadtest.judging.timeline import requests_table

_ids = itertools.count()


def sent(at_s, ms=10.0, error="", status=200, name="comment", log_lines=1, label="joy"):
    """One record of a run that began at 0 seconds since the epoch."""
    request_id = f"request-{next(_ids)}"
    return (at_s, ms, name, status, 40, log_lines, request_id, label, error)


def steady(from_s, to_s, per_second=20, **fields):
    """Records sent evenly, ``per_second`` of them, from ``from_s`` to ``to_s``."""
    count = round((to_s - from_s) * per_second)
    return [sent(from_s + number / per_second, **fields) for number in range(count)]


def table(*records):
    """The requests table of single records and lists of them."""
    flat = [r for record in records for r in (record if isinstance(record, list) else [record])]
    return requests_table(flat, started=0.0)
