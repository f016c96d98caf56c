"""Runs in a queue: some at a time, each in a process, until all are done or a stop is asked for."""

import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from training.run import Run, read_json
from training.settings import TrainingSettings
from training.study.child import LOG_FILE, STOPPED, Child
from training.study.errors import StudyError
from training.study.stop_request import StopRequest
from training.study.trials import Trial

_TICK_SECONDS: Final = 0.25


class State(StrEnum):
    """Where a run stands."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(slots=True)
class Job:
    """A run in the queue; ``reason`` says why it failed."""

    trial: Trial
    run: Run
    state: State = State.WAITING
    reason: str = ""
    child: Child | None = None

    @property
    def log(self) -> Path:
        """Where the run's output goes."""
        return self.run.folder / LOG_FILE


class Display(Protocol):
    """Who is told how the queue goes on."""

    def tell(self, job: Job) -> None:
        """The state of ``job`` has changed."""

    def refresh(self, jobs: Sequence[Job]) -> None:
        """Some time has passed; called several times a second."""


@dataclass(frozen=True, slots=True)
class Queue:
    """``slots`` runs at a time, with ``threads`` threads each, in folders under ``runs``."""

    runs: Path
    slots: int
    threads: int
    display: Display
    stop: StopRequest

    def work_off(self, trials: Sequence[Trial]) -> list[Job]:
        """Train what is not finished; returns the runs with the state that they are in.

        A run that fails does not stop the others. Where ``stop`` asks, those that train are asked
        to stop with a checkpoint, and waited for; where it asks twice, they are ended at once.
        """
        # Trials that share a run are one job.
        jobs = [self._open(trial) for trial in {trial.name: trial for trial in trials}.values()]
        try:
            while True:
                self._settle(jobs)
                if not self.stop.times:
                    self._start(jobs)
                self._stop(jobs)
                self.display.refresh(jobs)
                if not any(_training(jobs)):
                    return jobs
                time.sleep(_TICK_SECONDS)
        finally:
            for child in _training(jobs):
                child.stop()
                child.wait()

    def _open(self, trial: Trial) -> Job:
        job = Job(trial, Run(self.runs / trial.name))
        self._is_done(job)
        return job

    def _is_done(self, job: Job) -> bool:
        """Whether its folder holds a finished run, which sets its state."""
        if not read_json(job.run.record_file).get("finished"):
            return False
        if _is_of(job.run, job.trial):
            job.state = State.FINISHED
        else:
            job.state = State.FAILED
            job.reason = "the folder holds a finished run with other settings; move it away"
        self.display.tell(job)
        return True

    def _start(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            is_next = job.state is State.WAITING and len([*_training(jobs)]) < self.slots
            # Looked at again: another queue on the same runs may have finished it meanwhile.
            if is_next and not self._is_done(job):
                self._launch(job)

    def _launch(self, job: Job) -> None:
        try:
            job.child = Child.start(job.trial, self.runs, self.threads)
            job.state = State.RUNNING
        except (StudyError, OSError) as error:
            job.state, job.reason = State.FAILED, str(error)
        self.display.tell(job)

    def _settle(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            if job.child is None or job.state is not State.RUNNING:
                continue
            code = job.child.poll()
            if code is None:
                continue
            job.state = _state_after(code, stopped=job.child.asked_to_stop)
            if job.state is State.FAILED:
                job.reason = job.child.last_line()
            if job.state is State.FINISHED:
                # Some hundred megabytes a run, which nobody goes on from any more.
                shutil.rmtree(job.run.checkpoints, ignore_errors=True)
            self.display.tell(job)

    def _stop(self, jobs: Sequence[Job]) -> None:
        for child in _training(jobs):
            if self.stop.times:
                child.stop()
            if self.stop.times > 1:
                child.kill()


def _training(jobs: Sequence[Job]) -> Iterator[Child]:
    return (job.child for job in jobs if job.child is not None and job.state is State.RUNNING)


def _is_of(run: Run, trial: Trial) -> bool:
    """Whether ``run`` has the settings of ``trial``, but for what that was given when it ran."""
    recorded = {**asdict(TrainingSettings()), **read_json(run.settings_file)}
    given = dict.fromkeys(trial.experiment.needs)
    return {**recorded, **given} == {**asdict(trial.settings), **given}


def _state_after(code: int, *, stopped: bool) -> State:
    if code == 0:
        return State.FINISHED
    # A child that was not listening for signals yet is ended by one, with nothing to lose.
    return State.STOPPED if stopped or code == STOPPED else State.FAILED
