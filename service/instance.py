"""The TorchServe that the environment names: its ports, its log folder, its model."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from goemotions.errors import GoEmotionsError
from service.cores import usable_cores

_PORTS: Final = {
    "INFERENCE_PORT": 8080,
    "MANAGEMENT_PORT": 8081,
    "METRICS_PORT": 8082,
    "GRPC_INFERENCE_PORT": 7070,
    "GRPC_MANAGEMENT_PORT": 7071,
}
LAST_PORT: Final = 65534  # TorchServe refuses 65535


class InstanceError(GoEmotionsError):
    """A variable that describes the instance has a value that it can't have."""


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

        A variable that is unset or empty takes its default, for ``WORKERS`` the number of cores
        that this process may use. Raises ``InstanceError`` if a port or ``WORKERS`` is not a number
        in its range, or two ports are the same.
        """
        env = os.environ if env is None else env
        ports = {
            name: _number(env, name, default, 1, LAST_PORT) for name, default in _PORTS.items()
        }
        _refuse_a_port_named_twice(ports)
        return cls(
            inference_port=ports["INFERENCE_PORT"],
            management_port=ports["MANAGEMENT_PORT"],
            metrics_port=ports["METRICS_PORT"],
            grpc_inference_port=ports["GRPC_INFERENCE_PORT"],
            grpc_management_port=ports["GRPC_MANAGEMENT_PORT"],
            log_dir=Path(env.get("LOG_DIR") or "logs"),
            workers=_number(env, "WORKERS", usable_cores(), 1, 256),
            model=Path(env.get("MODEL") or "model"),
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


def _number(env: Mapping[str, str], name: str, default: int, lowest: int, highest: int) -> int:
    text = env.get(name) or str(default)
    if not (text.isascii() and text.isdecimal() and lowest <= int(text) <= highest):
        raise InstanceError(f"{name} is {text!r}; it must be a number from {lowest} to {highest}")
    return int(text)


def _refuse_a_port_named_twice(ports: Mapping[str, int]) -> None:
    names: dict[int, str] = {}
    for name, port in ports.items():
        if port in names:
            raise InstanceError(f"{names[port]} and {name} are both {port}; give each its own port")
        names[port] = name
