"""The line-up: who is compared."""

from collections.abc import Sequence
from typing import Final

from benchmarks.contenders import bare, torchserve
from benchmarks.contenders.child import Command
from benchmarks.contenders.contender import Contender, Options, Role
from benchmarks.contenders.infinity import (
    INFINITY_ONNX,
    INFINITY_TORCH,
    ONNX_ENVIRONMENT,
    TORCH_ENVIRONMENT,
)
from benchmarks.contenders.program import COMMENT_FORM, Program, peer_command
from benchmarks.contenders.setup import Setup
from benchmarks.errors import BenchmarkError


def _flask(setup: Setup, _options: Options, port: int) -> Command:
    return peer_command("flask_service", str(setup.weights), str(port))


def _litserve(setup: Setup, options: Options, port: int) -> Command:
    workers = setup.cores if options["worker_for_each_core"] else 1
    threads = setup.cores // workers
    shape = (str(options["batch_size"]), str(workers), str(threads))
    return peer_command("litserve_service", str(setup.weights), str(port), *shape)


_FLASK: Final = Program("flask", _flask, "/predict", COMMENT_FORM)
_LITSERVE: Final = Program("litserve", _litserve, "/predict", COMMENT_FORM)

BARE: Final = Contender(
    key="bare",
    name="bare encoder",
    about="no HTTP, a process for each core: the ceiling",
    role=Role.LIMIT,
    launch=bare.launch,
)

CONTENDERS: Final = (
    Contender(
        key="service",
        name="goemotions-serve",
        about="this service: TorchServe, packed ONNX encoder, a worker for each core",
        role=Role.OURS,
        launch=torchserve.launch_as("service"),
    ),
    Contender(
        key="flask",
        name="Flask + waitress",
        about="the earlier design: transformers, one comment at a time",
        role=Role.EARLIER,
        launch=_FLASK.launch,
    ),
    Contender(
        key="litserve",
        name="LitServe",
        about="batches padded to their longest comment, transformers",
        role=Role.PEER,
        launch=_LITSERVE.launch,
        variants=tuple(
            {"batch_size": batch_size, "worker_for_each_core": each}
            for batch_size in (8, 16)
            for each in (0, 1)
        ),
    ),
    Contender(
        key="infinity-torch",
        name="Infinity, torch",
        about="/classify of infinity-emb, torch engine with BetterTransformer, batch 16",
        role=Role.PEER,
        launch=INFINITY_TORCH.launch,
        environment=TORCH_ENVIRONMENT,
    ),
    Contender(
        key="infinity-onnx",
        name="Infinity, ONNX",
        about="/classify of infinity-emb, ONNX Runtime engine, batch 16",
        role=Role.PEER,
        launch=INFINITY_ONNX.launch,
        environment=ONNX_ENVIRONMENT,
    ),
    Contender(
        key="torchserve-stock",
        name="TorchServe as it comes",
        about="default configuration, transformers handler that pads to 150 as its example does",
        role=Role.PEER,
        launch=torchserve.launch_stock,
    ),
    BARE,
    Contender(
        key="torchserve-empty",
        name="TorchServe, empty handler",
        about="this service's configuration with nothing to compute: the floor of overhead",
        role=Role.LIMIT,
        launch=torchserve.launch_empty,
        predicts=False,
    ),
)


KEYS: Final = ", ".join(each.key for each in CONTENDERS)


def choose_contenders(keys: Sequence[str] | None) -> list[Contender]:
    """The contenders named, in the order of the line-up; all if none is.

    Raises ``BenchmarkError`` if there is no such contender.
    """
    known = {each.key for each in CONTENDERS}
    if unknown := [key for key in keys or [] if key not in known]:
        raise BenchmarkError(f"no contender is called {', '.join(unknown)}; known are {KEYS}")
    return [each for each in CONTENDERS if not keys or each.key in keys]
