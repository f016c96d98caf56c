"""The gate before TorchServe's management API: requests of pages in a browser do not pass.

TorchServe takes a request with any ``Host`` and any ``Origin``, and registering a model runs its
code. So its own API listens on a Unix socket, and the gate on the management port.
"""

import http.client
import json
import re
import socket
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, Protocol, Self
from urllib.parse import urlsplit

_LOOPBACK: Final = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?", re.IGNORECASE)
# Registering a version waits until its workers have loaded it.
_ANSWER_SECONDS: Final = 600.0
_LARGEST_BODY: Final = 65_536
# Headers about one connection, or about a body that is sent anew with a length of its own.
_NOT_HANDED_ON: Final = frozenset(
    {"connection", "content-length", "expect", "host", "keep-alive", "transfer-encoding", "upgrade"}
)


class Headers(Protocol):
    """Headers by name, whatever the case of its letters."""

    def get_all(self, name: str) -> list[str] | None:
        """The values of a header; None if there is none."""


def find_refusal(headers: Headers) -> str | None:
    """The reason why a request with these headers is refused; None if it may pass.

    A page's request has an ``Origin`` or a ``Sec-Fetch-Site``. If the page's own name was made to
    point to this machine (DNS rebinding), that name is the ``Host``.
    """
    hosts = headers.get_all("Host") or []
    if len(hosts) != 1 or not _LOOPBACK.fullmatch(hosts[0]):
        return "the Host of a request to the management API must be 127.0.0.1 or localhost"
    if headers.get_all("Origin") or headers.get_all("Sec-Fetch-Site"):
        return "the management API takes no requests from pages in a browser"
    return None


def connect(address: str, timeout_seconds: float) -> http.client.HTTPConnection:
    """A connection to TorchServe's ``address``: ``unix:PATH`` or ``http://HOST:PORT``."""
    if address.startswith("unix:"):
        return _UnixConnection(address.removeprefix("unix:"), timeout_seconds)
    return http.client.HTTPConnection(urlsplit(address).netloc, timeout=timeout_seconds)


class Gate(ThreadingHTTPServer):
    """Listens on ``port`` of 127.0.0.1 from its making on; answers between enter and exit.

    Raises ``OSError`` if the port is taken.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, management_address: str) -> None:
        self.management_address = management_address
        super().__init__(("127.0.0.1", port), _Request)

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: a client that goes away is no fault."""
        del request, client_address


class _Request(BaseHTTPRequestHandler):
    server: Gate
    protocol_version = "HTTP/1.1"
    timeout = 60
    wbufsize = -1  # a reply goes out in one piece

    def answer(self) -> None:
        """Refuse the request, or hand it on and its reply back."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not _is_small(length):
            message = f"a body must have a Content-Length of at most {_LARGEST_BODY}"
            self._refuse(HTTPStatus.BAD_REQUEST, message)
            return
        body = self.rfile.read(int(length))  # in any case: an unread one would break the reply
        if refusal := find_refusal(self.headers):
            self._refuse(HTTPStatus.FORBIDDEN, refusal)
            return
        try:
            self._hand_on(body)
        except (OSError, http.client.HTTPException) as error:
            self._refuse(HTTPStatus.BAD_GATEWAY, f"TorchServe gives no answer ({error!r})")

    do_GET = do_POST = do_PUT = do_DELETE = do_OPTIONS = answer  # noqa: N815 - http.server's names

    def _hand_on(self, body: bytes) -> None:
        connection = connect(self.server.management_address, _ANSWER_SECONDS)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in _NOT_HANDED_ON}
        try:
            connection.request(self.command, self.path, body, headers)
            reply = connection.getresponse()
            content = reply.read()
        finally:
            connection.close()
        self.send_response_only(reply.status, reply.reason)
        for name, value in reply.getheaders():
            if name.lower() not in _NOT_HANDED_ON:
                self.send_header(name, value)
        self._send(content)

    def _refuse(self, status: HTTPStatus, message: str) -> None:
        """Answer in the form of TorchServe's own errors."""
        self.send_response_only(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Connection", "close")  # and http.server closes it
        error = {"code": status.value, "type": status.phrase, "message": message}
        self._send(json.dumps(error).encode())

    def _send(self, content: bytes) -> None:
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing: what TorchServe does about a request is in its own log."""


def _is_small(length: str) -> bool:
    return length.isascii() and length.isdecimal() and int(length) <= _LARGEST_BODY


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str, timeout_seconds: float) -> None:
        super().__init__("localhost", timeout=timeout_seconds)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket in place of a host."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)
