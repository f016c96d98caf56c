"""Keeps two commands from changing one instance at the same time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from goemotions.errors import GoEmotionsError


class AlreadyRunningError(GoEmotionsError):
    """The instance was started before, or another command is at it."""


@contextmanager
def one_at_a_time(log_dir: Path) -> Iterator[None]:
    """Hold the instance of ``log_dir``; raises ``AlreadyRunningError`` where another one does."""
    folder = log_dir / "run"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "start.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunningError(
                f"another start or rollout with LOG_DIR={log_dir} is under way; wait for it, or "
                "`make stop`"
            ) from error
        yield
