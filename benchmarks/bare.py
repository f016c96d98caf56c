"""The encoder itself in as many processes as cores, with no HTTP: what serving can't exceed."""

import multiprocessing
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import numpy as np
import psutil
from numpy.typing import NDArray

from benchmarks.child import undisturbed
from benchmarks.contender import Options, Running
from benchmarks.errors import ContenderError
from benchmarks.measurement import Measurement
from benchmarks.setup import Setup
from goemotions.encoders.choice import choose_encoder, load_encoder
from goemotions.model_info import ModelInfo
from goemotions.quantization import Quantization
from goemotions.settings import Settings
from goemotions.taxonomy import LABELS, fold
from goemotions.tokens import CommentTokenizer

_START_SECONDS: Final = 120.0
_SPARE_SECONDS: Final = 60.0


class BareEncoder:
    """Tokenises, infers and folds: all that a worker of the service does for an answer's label."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        """Load what lies in ``folder``, an unpacked archive."""
        info = ModelInfo.load(folder / "config.json")
        quantised = Quantization.load(folder) is not None
        choice = choose_encoder(info.architecture, settings.backend, quantised=quantised, gpu=None)
        self._tokenizer = CommentTokenizer(folder / "tokenizer.json", info.max_tokens)
        self._encoder = load_encoder(
            choice, folder, threads=settings.threads, run_tokens=settings.run_tokens
        )

    def labels(self, comments: Sequence[str]) -> list[str]:
        """The label of each comment, in order."""
        tokens = self._tokenizer.tokenize(comments)
        logits = fold(self._encoder.logits([each.ids for each in tokens]))
        return [LABELS[index] for index in logits.argmax(axis=1)]


@dataclass(frozen=True, slots=True)
class _Load:
    """One process' share of a load: batches of ``batch`` comments for ``seconds``."""

    batch: int
    seconds: float


@dataclass(frozen=True, slots=True)
class _Outcome:
    comments: int
    seconds: float
    batch_ms: NDArray[np.float64]


class BareProcesses:
    """The running processes, each with its own encoder, at the other end of a pipe."""

    def __init__(self, pipes: Sequence[Connection], pids: Sequence[int], batch: int) -> None:
        self._pipes = pipes
        self._pids = pids
        self._batch = batch

    def measure(self, clients: int, seconds: int) -> Measurement:
        """What ``clients`` would keep busy: at most all processes, with batches as the service's.

        A comment's latency is that of its batch: none waits before it.
        """
        busy = self._pipes[: min(clients, len(self._pipes))]
        load = _Load(min(self._batch, clients // len(busy)), seconds)
        for pipe in busy:
            pipe.send(load)
        outcomes: list[_Outcome] = [_receive(pipe, seconds + _SPARE_SECONDS) for pipe in busy]
        batch_ms = np.concatenate([outcome.batch_ms for outcome in outcomes])
        p50, p90, p99 = np.percentile(batch_ms, [50, 90, 99])
        return Measurement(
            clients=clients,
            seconds=float(np.mean([outcome.seconds for outcome in outcomes])),
            comments=sum(outcome.comments for outcome in outcomes),
            errors=0,
            mean_ms=float(batch_ms.mean()),
            p50_ms=float(p50),
            p90_ms=float(p90),
            p99_ms=float(p99),
            max_ms=float(batch_ms.max()),
        )

    def labels(self, comments: Sequence[str]) -> list[str]:
        """As `benchmarks.contender.Running` says, by the first process alone."""
        self._pipes[0].send(tuple(comments))
        answers: list[str] = _receive(self._pipes[0], _SPARE_SECONDS)
        return answers

    def processes(self) -> list[psutil.Process]:
        """As `benchmarks.contender.Running` says."""
        return [psutil.Process(pid) for pid in self._pids if psutil.pid_exists(pid)]


@contextmanager
def launch(setup: Setup, _options: Options) -> Iterator[Running]:
    """Start a process for each core, and end them at the end; raises ``ContenderError``."""
    spawn = multiprocessing.get_context("spawn")
    folder, settings, comments = setup.unpacked, setup.settings, setup.workload.comments
    pipes, processes = [], []
    try:
        for index in range(setup.cores):
            own, other = spawn.Pipe()
            share = comments[index :: setup.cores] or comments
            process = spawn.Process(
                target=_work, args=(other, folder, settings, share), daemon=True
            )
            process.start()
            other.close()
            pipes.append(own)
            processes.append(process)
        for pipe in pipes:
            _receive(pipe, _START_SECONDS)
        pids = [process.pid for process in processes if process.pid is not None]
        batch = int(setup.serving.get("batchSize", 1))
        yield BareProcesses(pipes, pids, batch)
    finally:
        with undisturbed():
            for process in processes:
                process.kill()
                process.join()


def _receive(pipe: Connection, timeout_seconds: float) -> Any:  # noqa: ANN401 - by what was sent
    try:
        if pipe.poll(timeout_seconds):
            return pipe.recv()
    except EOFError as error:
        raise ContenderError("a process of it has ended") from error
    raise ContenderError(f"a process of it has said nothing for {timeout_seconds:g} s")


def _work(pipe: Connection, folder: Path, settings: Settings, comments: Sequence[str]) -> None:
    """A process: load, say so, and then do whatever comes through the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends it
    encoder = BareEncoder(folder, settings)
    endless = cycle(comments)
    pipe.send(_infer(encoder, endless, _Load(batch=1, seconds=0.2)))
    while True:
        task = pipe.recv()
        is_load = isinstance(task, _Load)
        pipe.send(_infer(encoder, endless, task) if is_load else encoder.labels(task))


def _infer(encoder: BareEncoder, comments: Iterator[str], load: _Load) -> _Outcome:
    start = now = time.perf_counter()
    durations = []
    while now - start < load.seconds:
        encoder.labels(list(islice(comments, load.batch)))
        durations.append(time.perf_counter() - now)
        now += durations[-1]
    answered = len(durations) * load.batch
    return _Outcome(answered, now - start, np.asarray(durations) * 1000)
