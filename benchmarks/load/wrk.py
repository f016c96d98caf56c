"""Closed-loop load by wrk: each client asks again as soon as it is answered."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

from benchmarks.errors import BenchmarkError, ContenderError
from benchmarks.load.measurement import Measurement

_SCRIPT: Final = Path(__file__).with_name("wrk.lua")
_ANSWER_SECONDS: Final = 60
_ENDS_WITHIN_SECONDS: Final = 30


def require_wrk() -> None:
    """Raise ``BenchmarkError`` if wrk is not on the PATH."""
    if shutil.which("wrk") is None:
        raise BenchmarkError(
            "wrk, the load generator, is not on the PATH; install it (Debian and Ubuntu: "
            "apt-get install wrk; macOS: brew install wrk; source: github.com/wg/wrk)"
        )


def wrk_version() -> str:
    """What wrk says of itself."""
    told = subprocess.run(
        ["wrk", "-v"], capture_output=True, text=True, check=False
    )  # exits with 1
    return told.stdout.partition("[")[0].removeprefix("wrk").strip()


def load(url: str, bodies: Path, clients: int, seconds: int) -> Measurement:
    """Post the lines of ``bodies`` to ``url``, over and over, for ``seconds`` by ``clients``.

    One thread of wrk, so that as little as possible is taken from the server beside it. Raises
    ``ContenderError`` if wrk gives no figures.
    """
    command = [
        *("wrk", "-t1", f"-c{clients}", f"-d{seconds}s", f"--timeout={_ANSWER_SECONDS}s"),
        *("-s", str(_SCRIPT), url, "--", str(bodies)),
    ]
    try:
        ended = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=seconds + _ENDS_WITHIN_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ContenderError(f"wrk against {url} did not end in {error.timeout:g} s") from error
    return read_measurement(ended.stdout, ended.stderr, clients)


def read_measurement(printed: str, complaint: str, clients: int) -> Measurement:
    """The figures of the last line that ``wrk.lua`` printed; raises ``ContenderError``."""
    try:
        found: dict[str, Any] = json.loads(printed.strip().splitlines()[-1])
    except (IndexError, ValueError) as error:
        reason = (complaint.strip() or printed.strip() or "it printed nothing").splitlines()[-1]
        raise ContenderError(f"wrk gave no figures: {reason}") from error
    answered = found["requests"] - found["refused"]  # wrk counts a refusal as a request too
    errors = found["refused"] + found["broken"] + found["timeouts"]
    latencies = {name: value for name, value in found.items() if name.endswith("_ms")}
    return Measurement(clients, found["seconds"], answered, errors, **latencies)
