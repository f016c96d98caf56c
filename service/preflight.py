"""What would keep TorchServe from running is found before it is started."""

import socket
import tempfile
from pathlib import Path
from typing import Final

import psutil

from goemotions.errors import GoEmotionsError
from service.instance import LAST_PORT, Instance

# A worker's socket is TEMP_DIR/.ts.sock.9000, and a socket's path has 104 to 108 bytes at most.
_LONGEST_TEMP_DIR: Final = 85


class PortTakenError(GoEmotionsError):
    """Another process listens where this instance should."""


def refuse_taken_ports(instance: Instance) -> None:
    """Raise ``PortTakenError``, naming each port and its variable, where one is in use."""
    taken = {name: port for name, port in instance.ports.items() if not _is_free(port)}
    if not taken:
        return
    found = ", ".join(f"{name}={port}{_user_of(port)}" for name, port in taken.items())
    other = " ".join(f"{name}={_another(port)}" for name, port in taken.items())
    raise PortTakenError(
        f"taken: {found}; end what listens there, or choose others: make serve {other}"
    )


def make_temp_dir() -> Path:
    """A new folder for one run of TorchServe; raises ``GoEmotionsError`` if its path is too long.

    Two instances in one folder would take each other's sockets and pid file.
    """
    folder = Path(tempfile.mkdtemp(prefix="goemotions-"))
    if len(str(folder)) > _LONGEST_TEMP_DIR:
        folder.rmdir()
        raise GoEmotionsError(
            f"the temporary folder {folder.parent} has too long a path for a worker's socket; "
            "set TMPDIR to a shorter one"
        )
    return folder


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the server does it: a port whose last connections are only ebbing away is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _another(port: int) -> int:
    return port + 1000 if port + 1000 <= LAST_PORT else port - 1000


def _user_of(port: int) -> str:
    """`` (NAME, process PID)``, where the system tells."""
    try:
        for connection in psutil.net_connections("tcp"):
            at = connection.laddr
            if (
                at
                and at.port == port
                and connection.status == psutil.CONN_LISTEN
                and connection.pid
            ):
                return f" ({psutil.Process(connection.pid).name()}, process {connection.pid})"
    except psutil.Error:
        pass
    return ""
