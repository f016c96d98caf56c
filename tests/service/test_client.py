"""The client against a small HTTP server that behaves as TorchServe does on a bad day."""

import dataclasses
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from service.client import Client, ServiceUnavailableError
from service.instance import Instance

PREDICTION = {"success": True, "prediction": "love"}


@pytest.fixture
def server():
    """A server that answers with the next of its ``script``: a status, or None to hang up."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self):
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.server.requests.append(request)
            self.server.paths.append(self.path)
            status = self.server.script.pop(0)
            if status is None:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(self.server.answer if status == 200 else {}).encode())

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as running:
        running.script = []
        running.requests, running.paths = [], []
        running.answer = PREDICTION
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def client_of(port, attempts=3, **options):
    instance = dataclasses.replace(Instance.from_env({}), inference_port=port, management_port=port)
    return Client(instance, attempts=attempts, **options)


@pytest.fixture
def free_port(free_ports):
    (port,) = free_ports(1)
    return port


def test_a_comment_is_sent_in_the_plain_form_and_its_label_comes_back(server):
    server.script = [200]
    assert client_of(server.server_port).predict("I love this") == "love"
    assert server.requests == [{"comment": "I love this"}]
    assert server.paths == ["/predictions/goemotions"]


def test_a_version_can_be_named(server):
    server.script = [200]
    assert client_of(server.server_port, version="1.2.0").predict("I love this") == "love"
    assert server.paths == ["/predictions/goemotions/1.2.0"]


@pytest.mark.parametrize("answer", [{}, [], None, {"prediction": ""}, {"prediction": None}])
def test_an_answer_without_a_label_is_no_prediction(server, answer):
    server.script, server.answer = [200], answer
    with pytest.raises(ServiceUnavailableError, match="make status"):
        client_of(server.server_port).predict("I love this")


@pytest.mark.parametrize("status", [500, 503, 507, None])
def test_what_passes_is_tried_again(server, status):
    server.script = [status, status, 200]
    assert client_of(server.server_port).predict("I love this") == "love"


def test_what_does_not_pass_is_an_error_that_tells_the_status(server):
    server.script = [503] * 4
    with pytest.raises(ServiceUnavailableError, match="503"):
        client_of(server.server_port).predict("I love this")
    assert server.script == []


def test_a_refusal_is_not_tried_again(server):
    server.script = [400, 200]
    with pytest.raises(ServiceUnavailableError, match="400"):
        client_of(server.server_port).predict("I love this")
    assert server.script == [200]


def test_no_service_is_an_error_that_says_what_to_do(free_port):
    with pytest.raises(ServiceUnavailableError, match=r"refused.*make serve"):
        client_of(free_port).describe()


def test_a_service_that_goes_away_is_an_error_that_says_why(free_port):
    with pytest.raises(ServiceUnavailableError, match="refused"):
        client_of(free_port, attempts=1).predict("I love this")
