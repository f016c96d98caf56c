import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from service.instance import Instance
from service.management import Management, ManagementError


class Api:
    """An address that gives each request the next of ``statuses``, and counts the requests."""

    def __init__(self, server):
        self.statuses = []
        self.requests = 0
        port = str(server.server_port)
        self.client = Management(Instance.from_env({"MANAGEMENT_PORT": port, "WORKERS": "1"}))


@pytest.fixture
def api():
    class Answers(BaseHTTPRequestHandler):
        def do_PUT(self):
            found.requests += 1
            body = json.dumps({"message": "half done"}).encode()
            self.send_response(found.statuses.pop(0))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        found = Api(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield found
        server.shutdown()


def test_a_scaling_that_torchserve_left_half_done_is_asked_for_again(api):
    api.statuses = [500, 200]
    api.client.scale(1)
    assert api.requests == 2


def test_a_scaling_that_keeps_failing_says_what_torchserve_said(api):
    api.statuses = [500, 500, 500]
    with pytest.raises(ManagementError, match="is answered 500: half done"):
        api.client.scale(1)


def test_a_refused_scaling_is_not_asked_for_again(api):
    api.statuses = [409]
    with pytest.raises(ManagementError, match="409"):
        api.client.scale(1)
    assert api.requests == 1
