"""The time that a run took, from its start to its end, without the pauses between stops."""

import time

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from typing_extensions import override

from terminal.results import write_json
from training.run import Run, read_json


class Stopwatch(TrainerCallback):
    """Adds up the seconds in the run's record, at each checkpoint and at the end."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._before = float(read_json(run.record_file).get("seconds", 0.0))
        self._start = time.monotonic()

    @override
    def on_save(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        **kwargs: object,
    ) -> None:
        """Write the seconds until this checkpoint."""
        self._write()

    @override
    def on_train_end(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        **kwargs: object,
    ) -> None:
        """Write the seconds until the end."""
        self._write()

    def _write(self) -> None:
        seconds = self._before + time.monotonic() - self._start
        write_json(self._run.record_file, {**read_json(self._run.record_file), "seconds": seconds})
