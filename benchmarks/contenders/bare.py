"""The encoder itself in as many processes as cores, without HTTP: the ceiling of any serving."""

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
import psutil

from benchmarks.contenders.child import undisturbed
from benchmarks.contenders.contender import Options, Running
from benchmarks.contenders.setup import Setup
from benchmarks.errors import ContenderError
from benchmarks.load.measurement import Measurement
from goemotions.classifier import Classifier
from goemotions.served_model import ServedModel
from goemotions.settings import Settings

_START_SECONDS: Final = 120.0
_SPARE_SECONDS: Final = 60.0

T = TypeVar("T")


def labels_of(classifier: Classifier, comments: Sequence[str]) -> list[str]:
    """The label of each comment, in order: all that a worker of the service does for it."""
    return [each.label for each in classifier.classify(comments)]


def load_classifier(folder: Path, settings: Settings) -> Classifier:
    """Tokeniser, encoder and folding of the unpacked archive ``folder``."""
    return ServedModel.load(folder, settings, gpu=None).classifier


@dataclass(frozen=True, slots=True)
class BareProcesses:
    """The running processes, each an executor of one, and the batch size of the service."""

    executors: Sequence[ProcessPoolExecutor]
    pids: Sequence[int]
    batch: int

    def measure(self, clients: int, seconds: int) -> Measurement:
        """As ``Running`` says, with as many processes as ``clients`` would keep busy.

        They take batches as the service's. A comment's latency is that of its batch: none waits
        before it.
        """
        busy = self.executors[:clients]
        batch = min(self.batch, clients // len(busy))
        futures = [executor.submit(_infer, batch, seconds) for executor in busy]
        shares = [_result(future, seconds + _SPARE_SECONDS) for future in futures]
        batch_ms = np.concatenate(shares)
        p50, p90, p99 = (float(each) for each in np.percentile(batch_ms, [50, 90, 99]))
        return Measurement(
            clients=clients,
            seconds=float(batch_ms.sum()) / 1000 / len(shares),
            comments=batch * len(batch_ms),
            errors=0,
            mean_ms=float(batch_ms.mean()),
            p50_ms=p50,
            p90_ms=p90,
            p99_ms=p99,
            max_ms=float(batch_ms.max()),
        )

    def labels(self, comments: Sequence[str]) -> list[str]:
        """As ``Running`` says, by the first process alone."""
        return _result(self.executors[0].submit(_labels, comments), _SPARE_SECONDS)

    def processes(self) -> list[psutil.Process]:
        """As ``Running`` says."""
        return [psutil.Process(pid) for pid in self.pids if psutil.pid_exists(pid)]


@contextmanager
def launch(setup: Setup, _options: Options) -> Iterator[Running]:
    """Start a process for each core, and end them at the end; raises ``ContenderError``."""
    spawn, comments = multiprocessing.get_context("spawn"), setup.workload.comments
    executors = [
        ProcessPoolExecutor(1, spawn, _load, (setup.unpacked, setup.settings, share or comments))
        for share in (comments[index :: setup.cores] for index in range(setup.cores))
    ]
    pids: list[int] = []
    try:
        starts = [executor.submit(os.getpid) for executor in executors]
        pids.extend(_result(start, _START_SECONDS) for start in starts)
        yield BareProcesses(executors, pids, int(setup.serving.get("batchSize", 1)))
    finally:
        with undisturbed():
            for pid in pids:
                with suppress(psutil.NoSuchProcess):
                    psutil.Process(pid).kill()  # else its load would go on to its end
            for executor in executors:
                executor.shutdown(cancel_futures=True)


def _result(future: Future[T], timeout_seconds: float) -> T:
    try:
        return future.result(timeout_seconds)
    except BrokenProcessPool as error:
        raise ContenderError("a process of it has ended") from error
    except TimeoutError as error:
        raise ContenderError(f"a process of it said nothing for {timeout_seconds:g} s") from error


_loaded: list[tuple[Classifier, Iterator[str]]] = []
"""In each of the processes, once it is loaded: its encoder, and its comments round and round."""


def _load(folder: Path, settings: Settings, comments: Sequence[str]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends it
    _loaded.append((load_classifier(folder, settings), cycle(comments)))
    _infer(batch=1, seconds=0.2)


def _infer(batch: int, seconds: float) -> list[float]:
    """Label batches of ``batch`` comments for ``seconds``; returns what each took, in ms."""
    classifier, endless = _loaded[0]
    start = now = time.perf_counter()
    batch_ms = []
    while now - start < seconds:
        labels_of(classifier, list(islice(endless, batch)))
        before, now = now, time.perf_counter()
        batch_ms.append(1000 * (now - before))
    return batch_ms


def _labels(comments: Sequence[str]) -> list[str]:
    return labels_of(_loaded[0][0], comments)
