"""An open load: requests are sent at a constant rate, however long the answers take."""

import time
from collections.abc import Callable
from random import Random
from typing import Final

from gevent.pool import Group

# Of one user. Beyond it a request that is due is not sent, and counts as a failure.
MOST_IN_FLIGHT: Final = 200

# Of all users of this process: a user may be gone before its last answers come.
_in_flight: Final = Group()


def count_in_flight() -> int:
    """How many requests of this process's open load are unanswered."""
    return len(_in_flight)


def await_answers(timeout_s: float) -> None:
    """Wait for the answers that are still to come: each has a line in the prediction log."""
    _in_flight.join(timeout=timeout_s)


class Arrivals:
    """One user's requests, one every ``period_s`` seconds."""

    def __init__(self, period_s: float, random: Random) -> None:
        self._period_s = period_s
        # Spread over one period, so that a thousand users don't send in the same moment.
        self._due = time.monotonic() + (random.random() - 1) * period_s
        self._unanswered = 0

    def wait_s(self) -> float:
        """Seconds until the next request is due; 0 if it is late."""
        self._due += self._period_s
        return max(0.0, self._due - time.monotonic())

    def send(self, request: Callable[[], None]) -> bool:
        """Send ``request`` and do not wait; False if too many of this user's are unanswered."""
        if self._unanswered >= MOST_IN_FLIGHT:
            return False
        self._unanswered += 1
        _in_flight.spawn(self._carry_out, request)
        return True

    def _carry_out(self, request: Callable[[], None]) -> None:
        try:
            request()
        finally:
            self._unanswered -= 1
