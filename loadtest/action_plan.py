"""A scenario's actions: each at its time, or once the one before it is carried out."""

import time
from collections.abc import Callable, Sequence
from typing import Final

import gevent

from loadtest.faults import Done, FaultError, Faults
from loadtest.scenarios import Action

# What came of an action is seen in the seconds after it.
_SEEN_AFTER_S: Final = 5.0


class ActionPlan:
    """Carries out ``actions``; ``end_run`` is called after one that leaves nothing to load.

    ``error`` says what could not be carried out, if anything; that ends the run too.
    """

    def __init__(
        self, actions: Sequence[Action], faults: Faults, end_run: Callable[[], None]
    ) -> None:
        self._before = [action for action in actions if action.at == 0]
        self._during = [action for action in actions if action.at > 0]
        self._faults = faults
        self._end_run = end_run
        self._started = self._finished = time.monotonic()
        self._greenlet: gevent.Greenlet[..., object] | None = None
        self.done: list[Done] = []
        self.error = ""

    @property
    def needs_time(self) -> bool:
        """Whether the load has to go on for what is still to be done, or to be seen."""
        if self._greenlet is None:
            return False
        return not self._greenlet.ready() or time.monotonic() < self._finished + _SEEN_AFTER_S

    def prepare(self) -> None:
        """Carry out what comes before the first request."""
        for action in self._before:
            self._carry_out(action, at_s=0.0)

    def begin(self) -> None:
        """Let the clock of the others run from now."""
        self._started = time.monotonic()
        if self._during:
            self._greenlet = gevent.spawn(self._carry_out_all)

    def cancel(self) -> None:
        """Drop what is still to come."""
        if self._greenlet is not None:
            self._greenlet.kill()

    def _carry_out_all(self) -> None:
        for action in self._during:
            gevent.sleep(max(0.0, self._started + action.at - time.monotonic()))
            self._carry_out(action, at_s=time.monotonic() - self._started)
        self._finished = time.monotonic()

    def _carry_out(self, action: Action, at_s: float) -> None:
        try:
            self.done.append(self._faults.carry_out(action, at_s))
        except FaultError as error:
            self.error = str(error)
            self._end_run()
        if action.do.ends_run:
            self._end_run()
