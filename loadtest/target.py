"""Whether there is a service to be loaded, and whether its prediction log is at hand."""

import socket
import time
from typing import Final

import requests

from goemotions.errors import GoEmotionsError
from loadtest.answers import Reply, read_answer
from loadtest.exchanges import ask_label
from loadtest.prediction_log import LOG_NAME, LogSince

_ANSWER_S: Final = 30.0
_LOGGED_S: Final = 5.0
_POLL_S: Final = 0.2


class TargetError(GoEmotionsError):
    """Nothing that a run could be made against; the message says what to do."""


def require_service(host: str) -> str:
    """Ask one prediction of the service at ``host``, and give the id of that request.

    Raises ``TargetError`` where none answers, or not rightly.
    """
    exchange = ask_label("is it there", "Is anybody there?")
    try:
        with requests.Session() as session:
            session.trust_env = False  # a proxy of the environment knows nothing of loopback
            reply = session.post(
                f"{host}/predictions/goemotions",
                data=exchange.body,
                headers={"Content-Type": exchange.content_type},
                timeout=_ANSWER_S,
            )
    except requests.RequestException as error:
        raise TargetError(
            f"no service answers at {host}; start one with `make serve`, or name another with "
            "--host or INFERENCE_PORT"
        ) from error
    answer = read_answer(
        Reply(reply.status_code, reply.headers.get("content-type", ""), reply.content),
        exchange.expected,
    )
    if answer.error:
        raise TargetError(
            f"the service at {host} is there, but does not predict ({answer.error}); "
            "`make status` tells its state"
        )
    return reply.headers.get("x-request-id", "")


def require_line(log: LogSince, request_id: str) -> None:
    """Wait until ``log`` has the line of ``request_id``.

    Raises ``TargetError`` where it doesn't come: then the log is another service's, or none.
    """
    deadline = time.monotonic() + _LOGGED_S
    while request_id not in log.read().labels:
        if time.monotonic() > deadline:
            raise TargetError(
                f"{log.folder / LOG_NAME} has no line of the request just answered, so that it is "
                "not this service's prediction log; name its folder with --log-dir or LOG_DIR, or "
                "leave the count of its lines out with --no-completeness"
            )
        time.sleep(_POLL_S)


def require_free_port(port: int) -> None:
    """Raises ``TargetError`` where the web page's port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise TargetError(
                f"port {port} of the web page is taken; choose another with --web-port, or do "
                "without the page with --no-web"
            ) from error
