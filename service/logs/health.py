"""The checks of the log folder: it takes lines, keeps them in its file, and none is missing."""

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Final

from goemotions.errors import GoEmotionsError
from goemotions.log_room import has_room
from service.instance import Instance
from service.loopback import read_metrics
from service.run_record import RunRecord
from service.waiting import wait_until

_FILES: Final = ("predictions.log", "model_log.log", "ts_log.log", "console.log")
_LOST: Final = re.compile(r"^goemotions_lost_log_lines_total\{.*\} (\S+)", re.MULTILINE)
# What log4j prints of the first writes that fail, and of one every five minutes after them.
_COMPLAINT: Final = b"predictions.log for appender predictions "
_ANSWER_SECONDS: Final = 10.0
# A line is in its file a moment after the reply; a rotation leaves no file for a moment.
_LINE_SECONDS: Final = 10.0
_ROTATION_SECONDS: Final = 2.0
_MOST_OF_CONSOLE: Final = 2**20


class LogError(GoEmotionsError):
    """The log folder can't take the lines; the message says what to do."""


def refuse_unwritable_logs(log_dir: Path) -> None:
    """Raise ``LogError`` if a log can't be written, or its disk has no room."""
    try:
        log_dir.mkdir(parents=True, exist_ok=True)
        for name in _FILES:
            with (log_dir / name).open("ab"):
                pass
    except OSError as error:
        raise LogError(
            f"{error.filename} can't be written ({error.strerror}); mend that, or name another "
            "folder: make serve LOG_DIR=..."
        ) from error
    if not has_room(log_dir):
        raise LogError(
            f"the disk of {log_dir} is full, and each prediction has its line there; make room, "
            "or name another folder: make serve LOG_DIR=..."
        )


def prove_line(log_dir: Path, request_id: str) -> None:
    """Raise ``LogError`` if this answered request has no line in the log within seconds."""

    def is_there() -> bool:
        return any(request_id.encode() in _end_of(file) for file in _newest(log_dir))

    if not wait_until(is_there, _LINE_SECONDS):
        raise LogError(
            f"it answers, but its answer has no line in {log_dir / 'predictions.log'}; see what "
            f"TorchServe's logging says in {log_dir / 'console.log'}"
        )


def find_log_faults(record: RunRecord) -> list[str]:
    """What is wrong with the running service's prediction log, in a few words each."""
    log_dir = record.instance.log_dir
    faults = []
    if lost := _lost_lines(record.instance):
        faults.append(f"lines missing since the start, for want of room on the disk: {lost}")
    if not has_room(log_dir):
        faults.append(f"the disk of {log_dir} is full: lines get lost until there is room")
    if _COMPLAINT in _end_of(log_dir / "console.log"):
        faults.append(
            "TorchServe's logging could not write lines of the prediction log (console.log says "
            "why); the next start removes the half line that may be left"
        )
    server = record.processes().server
    if server and not wait_until(lambda: _is_held(log_dir, server.pid), _ROTATION_SECONDS):
        faults.append(
            f"{log_dir / 'predictions.log'} was removed or moved while the service ran: lines get "
            "lost, or go to the file that was moved, until the next rotation or start"
        )
    return faults


def bound_console(log_dir: Path) -> None:
    """Empty ``console.log`` if it has more than 1 MiB; the JVM goes on writing at its end."""
    console = log_dir / "console.log"
    with suppress(OSError):
        if console.stat().st_size > _MOST_OF_CONSOLE:
            os.truncate(console, 0)


def _lost_lines(instance: Instance) -> int:
    """Lines that the workers did not write since the start; 0 too if the metrics do not answer."""
    text = read_metrics(instance.metrics_url, _ANSWER_SECONDS)
    return round(sum(float(value) for value in _LOST.findall(text)))


def _newest(log_dir: Path) -> list[Path]:
    """The log, and those that a rotation may have made of it in this moment."""
    rotated = sorted(log_dir.glob("predictions.*.log"), key=lambda file: file.name)
    return [log_dir / "predictions.log", *rotated]


def _end_of(file: Path, size: int = 2**20) -> bytes:
    try:
        with file.open("rb") as stream:
            stream.seek(max(0, file.stat().st_size - size))
            return stream.read()
    except OSError:  # it was rotated away, or is no file
        return b""


def _is_held(log_dir: Path, pid: int) -> bool:
    """Whether the process has ``predictions.log`` open; True if the system doesn't tell."""
    descriptors = Path(f"/proc/{pid}/fd")
    try:
        held = list(descriptors.iterdir())
    except OSError:  # not Linux, or another user's
        return True
    try:
        log = (log_dir / "predictions.log").stat()
    except OSError:
        return False
    return any(_is_same(descriptor, log) for descriptor in held)


def _is_same(descriptor: Path, log: os.stat_result) -> bool:
    try:
        return os.path.samestat(descriptor.stat(), log)
    except OSError:  # closed in this moment
        return False
