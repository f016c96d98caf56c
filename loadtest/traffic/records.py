"""The record of each request, collected by listeners on Locust's events."""

import time
from http import HTTPStatus
from typing import Any

from locust.env import Environment

from loadtest.traffic.arrivals import count_in_flight
from loadtest.traffic.replies import CheckedReply, RequestRecord

# What Locust hands to the listeners of an event.
Event = dict[str, Any]


def record_of(event: Event) -> RequestRecord:
    """The record of Locust's event ``request``."""
    response = event["response"]
    checked = event["context"].get("checked") or CheckedReply(error="", log_lines=0)
    headers = getattr(response, "headers", None) or {}
    return RequestRecord(
        time=event["start_time"],
        ms=round(event["response_time"], 3),
        name=event["name"],
        status=response.status_code if response is not None else 0,
        size=event["response_length"],
        log_lines=checked.log_lines,
        request_id=headers.get("x-request-id", ""),
        label=checked.label,
        error=str(event["exception"] or ""),
    )


class Recorder:
    """Collects the records of a run: of this process, and of workers by their reports.

    ``first_refusal`` is when the first 503 came (seconds since the epoch), None before that.
    """

    def __init__(self, environment: Environment) -> None:
        self.records: list[RequestRecord] = []
        self.first_refusal: float | None = None
        self._left: dict[str, int | None] = {}
        environment.events.request.add_listener(lambda **event: self._take(record_of(event)))
        environment.events.worker_report.add_listener(self._on_worker_report)

    def expect_last_reports(self) -> None:
        """Forget what workers have said: only reports from now on count as last ones."""
        self._left = dict.fromkeys(self._left)

    @property
    def has_last_reports(self) -> bool:
        """Whether each worker has reported since that it has no user and no request left."""
        return all(left == 0 for left in self._left.values())

    def _take(self, record: RequestRecord) -> None:
        self.records.append(record)
        if record.status == HTTPStatus.SERVICE_UNAVAILABLE and self.first_refusal is None:
            self.first_refusal = time.time()

    def _on_worker_report(self, client_id: str, data: Event) -> None:
        for fields in data.get("records", ()):
            self._take(RequestRecord(*fields))
        self._left[client_id] = data["user_count"] + data.get("in_flight", 0)


def send_records(environment: Environment) -> None:
    """Make a worker's reports to its master carry records, if the master asked for them."""
    records: list[RequestRecord] = []

    def on_request(**event: object) -> None:
        if environment.parsed_options is not None and environment.parsed_options.keep_records:
            records.append(record_of(event))

    def on_report_to_master(data: Event, **_: object) -> None:
        data["in_flight"] = count_in_flight()
        data["records"] = [list(record) for record in records]
        records.clear()

    environment.events.request.add_listener(on_request)
    environment.events.report_to_master.add_listener(on_report_to_master)
