"""One record for each request: what percentiles, recovery times and the log's count stand on."""

from typing import Any, NamedTuple

from locust.env import Environment

from loadtest.answers import Answer
from loadtest.arrivals import count_in_flight

# What Locust hands to the listeners of an event.
Event = dict[str, Any]


class Record(NamedTuple):
    """One request and its answer, as the client saw it.

    ``time`` is when it was sent (seconds since the epoch), ``ms`` how long its answer took,
    ``status`` 0 where none came, ``size`` the bytes of the answer's body. ``log_lines`` and
    ``label`` are as in ``Answer``; ``error`` is empty where the answer was right.
    """

    time: float
    ms: float
    name: str
    status: int
    size: int
    log_lines: int
    request_id: str
    label: str
    error: str

    @classmethod
    def of_event(cls, event: Event) -> "Record":
        """From the arguments of Locust's event ``request``."""
        response = event["response"]
        answer = event["context"].get("answer") or Answer(error="", log_lines=0)
        headers = getattr(response, "headers", None) or {}
        return cls(
            time=event["start_time"],
            ms=round(event["response_time"], 3),
            name=event["name"],
            status=response.status_code if response is not None else 0,
            size=event["response_length"],
            log_lines=answer.log_lines,
            request_id=headers.get("x-request-id", ""),
            label=answer.label,
            error=str(event["exception"] or ""),
        )


class Recorder:
    """Keeps the records of the users of this process and, on a master, of its workers'."""

    def __init__(self, environment: Environment) -> None:
        self.records: list[Record] = []
        self._left: dict[str, int | None] = {}
        environment.events.request.add_listener(self._on_request)
        environment.events.worker_report.add_listener(self._on_worker_report)

    def expect_last_reports(self) -> None:
        """Forget what workers have said: only reports from now on count as last ones."""
        self._left = dict.fromkeys(self._left)

    @property
    def has_last_reports(self) -> bool:
        """Whether each worker has reported since that it has no user and no request left."""
        return all(left == 0 for left in self._left.values())

    def _on_request(self, **event: object) -> None:
        self.records.append(Record.of_event(event))

    def _on_worker_report(self, client_id: str, data: Event) -> None:
        self.records.extend(Record(*fields) for fields in data.get("records", ()))
        self._left[client_id] = data["user_count"] + data.get("in_flight", 0)


def send_records(environment: Environment) -> None:
    """Make a worker's reports to its master carry records, if the master asked for them."""
    records: list[Record] = []

    def on_request(**event: object) -> None:
        if environment.parsed_options is not None and environment.parsed_options.keep_records:
            records.append(Record.of_event(event))

    def on_report_to_master(data: Event, **_: object) -> None:
        data["in_flight"] = count_in_flight()
        data["records"] = [list(record) for record in records]
        records.clear()

    environment.events.request.add_listener(on_request)
    environment.events.report_to_master.add_listener(on_report_to_master)
