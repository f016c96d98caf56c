"""The TorchServe that the environment names: its ports, its log folder, its model."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from service.resources import usable_cores, usable_memory
from service.variables import VariableError, read_number

_PORTS: Final = {
    "INFERENCE_PORT": 8080,
    "MANAGEMENT_PORT": 8081,
    "METRICS_PORT": 8082,
    "GRPC_INFERENCE_PORT": 7070,
    "GRPC_MANAGEMENT_PORT": 7071,
}
LAST_PORT: Final = 65534  # TorchServe refuses 65535
MOST_WORKERS: Final = 256

# What a worker and the JVM take of memory (docs/operations.md, "Workers"). A quarter of the memory
# is left to whatever else runs.
_WORKER_BYTES: Final = 330 * 10**6
_JVM_BYTES: Final = 250 * 10**6
_SHARE_OF_MEMORY: Final = 0.75


def log_dir_of(env: Mapping[str, str] = os.environ) -> Path:
    """The log folder that ``env`` names: all that a command needs that ends or looks."""
    return Path(env.get("LOG_DIR") or "logs")


def model_of(env: Mapping[str, str] = os.environ) -> Path:
    """The model folder that ``env`` names."""
    return Path(env.get("MODEL") or "model")


def workers_of(env: Mapping[str, str] = os.environ) -> int:
    """``WORKERS``, or ``default_workers``; raises ``VariableError`` if it is not 1 to 256."""
    return read_number(env, "WORKERS", default_workers(), 1, MOST_WORKERS)


def default_workers() -> int:
    """One for each usable core, as far as 256 and three quarters of the usable memory allow."""
    for_workers = usable_memory() * _SHARE_OF_MEMORY - _JVM_BYTES
    return max(1, min(usable_cores(), MOST_WORKERS, int(for_workers / _WORKER_BYTES)))


@dataclass(frozen=True, slots=True)
class Instance:
    """One TorchServe on this machine, by the make variables of the same names.

    Several may run side by side.
    """

    inference_port: int
    management_port: int
    metrics_port: int
    grpc_inference_port: int
    grpc_management_port: int
    log_dir: Path
    workers: int
    model: Path

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Self:
        """The instance that ``env`` names, by default this process's environment.

        A variable that is unset or empty takes its default, for ``WORKERS`` that of
        ``default_workers``. Raises ``VariableError`` if a port or ``WORKERS`` is not a number in
        its range, or two ports are the same.
        """
        env = os.environ if env is None else env
        ports = {name: read_number(env, name, port, 1, LAST_PORT) for name, port in _PORTS.items()}
        _refuse_a_port_named_twice(ports)
        return cls(
            inference_port=ports["INFERENCE_PORT"],
            management_port=ports["MANAGEMENT_PORT"],
            metrics_port=ports["METRICS_PORT"],
            grpc_inference_port=ports["GRPC_INFERENCE_PORT"],
            grpc_management_port=ports["GRPC_MANAGEMENT_PORT"],
            log_dir=log_dir_of(env),
            workers=workers_of(env),
            model=model_of(env),
        )

    def to_env(self) -> dict[str, str]:
        """The variables that ``from_env`` reads this instance from again; paths are absolute."""
        return {
            **{name: str(port) for name, port in self.ports.items()},
            "LOG_DIR": str(self.log_dir.absolute()),
            "WORKERS": str(self.workers),
            "MODEL": str(self.model.absolute()),
        }

    @property
    def ports(self) -> dict[str, int]:
        """The variable and the port of each of the five addresses."""
        return {name: int(getattr(self, name.lower())) for name in _PORTS}

    @property
    def inference_url(self) -> str:
        """TorchServe's inference API, with no slash at its end."""
        return f"http://127.0.0.1:{self.inference_port}"

    @property
    def prediction_url(self) -> str:
        """The model's own endpoint."""
        return f"{self.inference_url}/predictions/goemotions"

    @property
    def management_url(self) -> str:
        """TorchServe's management API, with no slash at its end."""
        return f"http://127.0.0.1:{self.management_port}"

    @property
    def metrics_url(self) -> str:
        """TorchServe's metrics in Prometheus text."""
        return f"http://127.0.0.1:{self.metrics_port}/metrics"


def _refuse_a_port_named_twice(ports: Mapping[str, int]) -> None:
    names: dict[int, str] = {}
    for name, port in ports.items():
        if port in names:
            raise VariableError(f"{names[port]} and {name} are both {port}; give each its own port")
        names[port] = name
