"""The caller's shell, as far as a run depends on it: Locust's variables, and the open files."""

import os
import resource
from typing import Final

from goemotions.errors import GoEmotionsError

# More than any machine's clients need: a limit of a thousand million makes programs slow that close
# each file they might have inherited.
_ENOUGH_FILES: Final = 65_536
# Of a process that sends: libraries, logs, sockets to its workers and to the web page's readers.
_OWN_FILES: Final = 100


class OpenFilesError(GoEmotionsError):
    """A limit of open files that is too low for the run's users."""


def forget_locust_variables() -> None:
    """Remove Locust's variables from the environment, which its workers inherit.

    They would change a run in ways that it knows nothing of: ``LOCUST_TAGS`` leaves no task over.
    Locust reads some of them at its import.
    """
    for name in [name for name in os.environ if name.startswith("LOCUST_")]:
        del os.environ[name]


def raise_file_limit(users: int, processes: int) -> None:
    """Let this process, and those that it starts, open as many files as the system allows.

    Each of ``users``, spread over ``processes``, has a connection. Raises ``OpenFilesError`` if
    that is more than the system allows.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _ENOUGH_FILES if hard == resource.RLIM_INFINITY else min(hard, _ENOUGH_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    needed = -(-users // processes) + _OWN_FILES
    allowed = max(soft, most)
    if soft != resource.RLIM_INFINITY and allowed < needed:
        raise OpenFilesError(
            f"{users:,} users take {needed:,} open files, and this shell allows {allowed:,} "
            "(`ulimit -Hn`): raise that limit, or take fewer users or more --workers"
        )
