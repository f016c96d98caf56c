"""The gate before the management API, in front of a stand-in for TorchServe."""

import json
import socketserver
import threading
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from service.gate import Gate, find_refusal
from service.loopback import loopback_session

PATIENCE_SECONDS = 60


class Upstream(BaseHTTPRequestHandler):
    """Answers with what it was asked, and 404 if the path says so."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length", 0))
        asked = [self.command, self.path, self.rfile.read(length).decode()]
        body = json.dumps([*asked, self.headers.get("Content-Type")]).encode()
        self.send_response(404 if "unknown" in self.path else 200)
        self.send_header("x-request-id", "an id")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = do_OPTIONS = answer  # noqa: N815 - http.server's names

    def address_string(self):
        return "a Unix socket"

    def log_message(self, *_):
        pass


class UnixServer(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


@pytest.fixture(scope="module", params=["unix", "tcp"])
def upstream(request, tmp_path_factory):
    """The address of the stand-in."""
    if request.param == "unix":
        path = tmp_path_factory.mktemp("gate") / "s"
        server, address = UnixServer(str(path), Upstream), f"unix:{path}"
    else:
        server = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
        address = f"http://127.0.0.1:{server.server_port}"
    with server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield address
        server.shutdown()


def asked_through(address):
    """A gate before ``address``, and a function that asks it."""
    gate = Gate(0, address)

    def ask(method, path, **options):
        url = f"http://127.0.0.1:{gate.server_port}{path}"
        return loopback_session().request(method, url, timeout=PATIENCE_SECONDS, **options)

    return gate, ask


@pytest.fixture(scope="module")
def ask(upstream):
    gate, ask = asked_through(upstream)
    with gate:
        yield ask


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
def test_a_request_of_a_program_is_handed_on_with_its_body_and_its_type(method, ask):
    reply = ask(method, "/models?url=a.mar", data="{}", headers={"Content-Type": "text/json"})
    assert reply.status_code == 200
    assert reply.headers["x-request-id"] == "an id"
    assert reply.json() == [method, "/models?url=a.mar", "{}", "text/json"]


def test_a_refusal_of_torchserve_is_handed_back(ask):
    assert ask("GET", "/models/unknown").status_code == 404


BROWSERS = {
    "a page's post": {"Origin": "http://page.example"},
    "a sandboxed page": {"Origin": "null"},
    "a page of this machine": {"Origin": "http://localhost:3000"},
    "a page's image": {"Sec-Fetch-Site": "cross-site"},
    "an address typed into a browser": {"Sec-Fetch-Site": "none"},
    "a name made to point here": {"Host": "page.example"},
    "the same with a port": {"Host": "page.example:8081"},
    "a name that begins like ours": {"Host": "127.0.0.1.page.example"},
    "a name that ends like ours": {"Host": "page-localhost"},
}


@pytest.mark.parametrize("headers", BROWSERS.values(), ids=BROWSERS.keys())
def test_a_request_of_a_browser_is_refused_in_the_form_of_torchserves_errors(headers, ask):
    reply = ask("POST", "/models?url=/tmp", data="x" * 1000, headers=headers)
    assert reply.status_code == 403
    assert reply.json()["code"] == 403
    assert "management API" in reply.json()["message"]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8081", "localhost:1", "LOCALHOST", "[::1]:8081"]
)
def test_the_names_of_this_machine_pass(host):
    headers = Message()
    headers["Host"] = host
    assert find_refusal(headers) is None


@pytest.mark.parametrize("hosts", [[], ["127.0.0.1", "page.example"]])
def test_a_request_with_no_host_or_two_is_refused(hosts):
    headers = Message()
    for host in hosts:
        headers["Host"] = host
    assert "Host" in find_refusal(headers)


@pytest.mark.parametrize("length", ["65537", "-1", "+3", "3, 3"])
def test_a_body_of_no_sound_length_is_refused(length, ask):
    reply = ask("POST", "/models", headers={"Content-Length": length})
    assert reply.status_code == 400


def test_a_chunked_body_is_refused(ask):
    assert ask("POST", "/models", data=iter([b"{}"])).status_code == 400


def test_a_torchserve_that_is_not_there_is_told(tmp_path):
    gate, ask = asked_through(f"unix:{tmp_path}/nobody")
    with gate:
        reply = ask("GET", "/models")
    assert reply.status_code == 502
    assert "TorchServe gives no answer" in reply.json()["message"]


def test_after_its_end_nothing_listens(upstream):
    gate, ask = asked_through(upstream)
    with gate:
        assert ask("GET", "/models").ok
    with pytest.raises(requests.ConnectionError):
        ask("GET", "/models")
