"""Ctrl-C as a request to stop with a checkpoint."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from typing_extensions import override


class Interruption(TrainerCallback):
    """Turns the first SIGINT or SIGTERM into a checkpoint and an end; a second ends at once."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._requested = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take the signals inside the block; needs the main thread."""
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        for number in before:
            signal.signal(number, self._request)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @override
    def on_step_end(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        **_: object,
    ) -> None:
        """Save and stop if that was asked for."""
        if self._requested:
            control.should_save = True
            control.should_training_stop = True

    def _request(self, number: int, _frame: object) -> None:
        self._requested = True
        signal.signal(number, signal.SIG_DFL)
        self._console.print("\nStopping after this step, with a checkpoint. Again: at once.")
