import itertools
import json
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psutil
import pytest

from service.instance import Instance
from service.management import Management, ManagementError

NOBODY = 2**31 - 1  # no process has this number


class Api:
    """An address that gives each request the next of ``statuses``, and counts the requests."""

    def __init__(self, server):
        self.statuses = []
        self.workers = []
        self.pids = itertools.repeat(psutil.Process().pid)
        self.path = None
        self.requests = 0
        port = str(server.server_port)
        self.client = Management(Instance.from_env({"MANAGEMENT_PORT": port, "WORKERS": "1"}))


@pytest.fixture
def api():
    class Answers(BaseHTTPRequestHandler):
        def do_PUT(self):
            found.requests += 1
            found.path = self.path
            body = json.dumps({"message": "half done"}).encode()
            self.send_response(found.statuses.pop(0))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            workers = [
                {"id": "9000", "pid": pid, "status": status}
                for pid, status in zip(found.pids, found.workers, strict=False)
            ]
            queue = {"pendingRequests": 0, "remainingCapacity": 1}
            described = {"modelVersion": "1", "modelUrl": "a.mar", "batchSize": 8}
            body = json.dumps([{**described, "workers": workers, "jobQueueStatus": queue}]).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        found = Api(server)
        serve = partial(server.serve_forever, poll_interval=0.01)
        threading.Thread(target=serve, daemon=True).start()
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


def test_workers_that_have_loaded_the_model_are_waited_for(api):
    api.workers = ["READY", "READY"]
    api.client.wait_for_workers(2, timeout_seconds=0)


@pytest.mark.parametrize("workers", [["READY", "UNLOADING"], ["READY"] * 3])
def test_another_number_of_workers_is_told_when_the_time_is_over(api, workers):
    api.workers = workers
    message = f"{workers.count('READY')} of 2 workers have loaded the model after 0 s"
    with pytest.raises(ManagementError, match=message):
        api.client.wait_for_workers(2, timeout_seconds=0)


def test_a_lost_worker_is_not_counted_when_scaling(api):
    """TorchServe counts a worker whose thread has ended, calls it ready, and never starts it."""
    api.statuses = [200]
    api.workers = ["READY", "READY"]
    api.pids = [psutil.Process().pid, NOBODY]
    version = api.client.default_version()
    assert (version.ready_workers, version.lost_workers) == (1, 1)
    api.client.scale(2)
    assert "min_worker=3&max_worker=3" in api.path


def test_a_worker_that_is_loading_is_neither_ready_nor_lost(api):
    api.workers = ["UNLOADING", "LOADING"]
    api.pids = [psutil.Process().pid, -1]
    version = api.client.default_version()
    assert (version.ready_workers, version.lost_workers) == (0, 0)
