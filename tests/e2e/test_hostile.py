"""Whatever a client sends, others get their own right answers, and every request its line."""

import itertools
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests.e2e.hostile_bodies import HostileRequest, generate
from tests.e2e.probe import MALFORMED, Probe

pytestmark = pytest.mark.server

CONFIGURATION = Path(__file__).parents[2] / "config.properties"
HOSTILE_REQUESTS = 1000
HOSTILE_THREADS = 6
GOOD_THREADS = 4
GOOD_REQUESTS = 50  # of each thread, at least

GOOD_COMMENTS = [
    "I love this so much",
    "Thank you very much for your help!",
    "That is hilarious, I can't stop laughing",
    "This makes me so angry!!!",
    "I am so sorry, please forgive me",
    "What do you mean? How does that work?",
    "Wow, I did not expect that at all!",
    "The bus leaves at nine.",
    "😂😂😂",
]

WHOLE_FORMS = {
    "a field": ("application/x-www-form-urlencoded", b"comment=I+love+this"),
    "a field named body": ("application/x-www-form-urlencoded", b"body=I+love+this"),
    "JSON": ("application/x-www-form-urlencoded; charset=utf-8", b'{"comment": "I love this"}'),
    "nothing": ("application/x-www-form-urlencoded", b""),
    "a part": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="comment"\r\n\r\nI love this\r\n--x--\r\n',
    ),
}
BROKEN_FORMS = {
    "percent signs": ("application/x-www-form-urlencoded", b"%zz=%1"),
    "a field without a name in a query": ("application/x-www-form-urlencoded", b"=love"),
    "no boundary": ("multipart/form-data; boundary=", b"--"),
    "a field without a name": (
        "multipart/form-data; boundary=x",
        b"--x\r\nContent-Disposition: form-data\r\n\r\nlove\r\n--x--\r\n",
    ),
}


@pytest.fixture(scope="module")
def exchange(service):
    """Hostile and good requests, sent at the same time, and what came back for each."""
    return Exchange(service)


class Exchange:
    def __init__(self, service):
        self.service = service
        self.expected = {comment: Probe(service).label(comment) for comment in GOOD_COMMENTS}
        self.hostile: list[tuple[HostileRequest, requests.Response | None]] = []
        self.good: list[tuple[str, requests.Response]] = []
        hostile_requests = generate(HOSTILE_REQUESTS)
        over = threading.Event()
        with ThreadPoolExecutor(GOOD_THREADS + HOSTILE_THREADS) as pool:
            good = [pool.submit(self._send_good, over) for _ in range(GOOD_THREADS)]
            shares = [hostile_requests[n::HOSTILE_THREADS] for n in range(HOSTILE_THREADS)]
            hostile = [pool.submit(self._send_hostile, share) for share in shares]
            try:
                self.hostile = [pair for future in hostile for pair in future.result()]
            finally:
                over.set()
            self.good = [pair for future in good for pair in future.result()]

    def _send_hostile(self, hostile_requests):
        probe = Probe(self.service)
        return [(request, _reply_to(probe, request)) for request in hostile_requests]

    def _send_good(self, over):
        probe = Probe(self.service)
        comments = itertools.cycle(GOOD_COMMENTS)
        replies = []
        while not over.is_set() or len(replies) < GOOD_REQUESTS:
            comment = next(comments)
            replies.append((comment, probe.ask({"comment": comment})))
        return replies


def _reply_to(probe, request):
    """The reply, or None if TorchServe hung up on a body over its limit, as it may."""
    try:
        return probe.send(request.body, request.content_type, request.headers, request.method)
    except requests.ConnectionError:
        if len(request.body) > max_request_size():
            return None
        raise


def max_request_size():
    lines = CONFIGURATION.read_text().splitlines()
    (size,) = [line.split("=")[1] for line in lines if line.startswith("max_request_size=")]
    return int(size)


def is_from_handler(reply):
    """Whether the handler made the reply; TorchServe's own refusals look otherwise."""
    if reply is None or reply.headers.get("Content-Type") != "application/json":
        return False
    document = reply.json()
    return isinstance(document, list) or "success" in document


def lines_of(reply):
    """The number of log lines of a request that the handler answered: one for each comment."""
    document = reply.json()
    return len(document) if isinstance(document, list) else 1


def test_each_hostile_request_is_another(exchange):
    assert len({request.body for request, _ in exchange.hostile}) == HOSTILE_REQUESTS


def test_the_hostile_requests_are_of_every_kind(exchange):
    statuses = Counter(reply.status_code for _, reply in exchange.hostile if reply is not None)
    assert statuses.keys() == {200, 400, 413}
    assert statuses[400] > HOSTILE_REQUESTS / 3


def test_no_hostile_request_yields_a_5xx(exchange):
    failed = [
        (request, reply.status_code, reply.text)
        for request, reply in exchange.hostile
        if reply is not None and reply.status_code >= 500
    ]
    assert failed == []


def test_every_hostile_request_gets_a_reply_of_the_contract(exchange):
    for request, reply in exchange.hostile:
        if not is_from_handler(reply):
            assert len(request.body) > max_request_size(), (request, reply and reply.text)
        elif reply.status_code == 200:
            document = reply.json()
            assert isinstance(document, list) or list(document) == ["success", "prediction"]
        else:
            assert list(reply.json()) == ["success", "error"], request


def test_every_good_request_among_them_gets_its_own_right_answer(exchange):
    assert len(exchange.good) >= GOOD_THREADS * GOOD_REQUESTS
    for comment, reply in exchange.good:
        assert reply.status_code == 200, reply.text
        assert reply.json() == {"success": True, "prediction": exchange.expected[comment]}


def test_every_request_that_reached_the_handler_has_exactly_its_lines(exchange):
    replies = [reply for _, reply in [*exchange.hostile, *exchange.good] if is_from_handler(reply)]
    expected = {reply.headers["x-request-id"]: lines_of(reply) for reply in replies}
    assert len(expected) == len(replies)
    assert Probe(exchange.service).log.counts_of(expected) == expected


def test_a_describe_header_makes_no_request_another(service):
    """TorchServe marks its own describe requests by a header, which a client can send too."""
    form = HostileRequest(b"", "application/x-www-form-urlencoded", headers={"describe": "True"})

    def ask(number):
        probe = Probe(service)
        return _reply_to(probe, form) if number % 2 else probe.ask({"comment": "I love this"})

    with ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(ask, range(320)))
    assert {(reply.status_code, reply.text) for reply in replies[1::2]} == {(400, MALFORMED)}
    assert {reply.status_code for reply in replies[::2]} == {200}


@pytest.mark.parametrize("form", WHOLE_FORMS.values(), ids=WHOLE_FORMS.keys())
def test_a_form_is_malformed(probe, form):
    content_type, body = form
    reply = probe.send(body, content_type)
    assert (reply.status_code, reply.text) == (400, MALFORMED)


@pytest.mark.parametrize("form", BROKEN_FORMS.values(), ids=BROKEN_FORMS.keys())
def test_a_broken_form_is_refused_by_torchserve_itself_and_harms_no_worker(probe, form):
    """A known limit, as docs/api.md says it: nothing in this repository can make it a 400."""
    content_type, body = form
    reply = probe.send(body, content_type)
    assert reply.status_code == 500
    assert reply.json().keys() == {"code", "type", "message"}  # TorchServe's own words
    assert probe.label("I love this so much") == "love"
