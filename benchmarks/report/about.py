"""The ground that a run's figures depend on beside the code: machine, versions, model, comments."""

import sys
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import distributions
from pathlib import Path
from typing import Any, Final

from benchmarks.contenders.infinity import ONNX_ENVIRONMENT, TORCH_ENVIRONMENT
from benchmarks.contenders.setup import Setup
from benchmarks.load.wrk import wrk_version
from goemotions.model_info import ModelInfo
from service.machine import describe_machine

_PACKAGES: Final = ("transformers", "flask", "waitress", "litserve", "aiohttp")
_PEER_PACKAGES: Final = ("infinity-emb", "torch", "transformers", "optimum", "onnxruntime")


def describe_ground(setup: Setup, seed: int, now: datetime) -> dict[str, Any]:
    """The date, this machine, the versions, the model and the comments."""
    machine = describe_machine(None)
    machine["packages"] |= _versions(_PACKAGES, sys.path)
    return {
        "date": f"{now:%Y-%m-%d %H:%M}",
        "machine": machine,
        "wrk": wrk_version(),
        "seed": seed,
        "model_version": ModelInfo.load(setup.unpacked / "config.json").version,
        "comments": {"origin": setup.workload.origin, "count": len(setup.workload.comments)},
    }


def describe_environments(folder: Path) -> dict[str, dict[str, str]]:
    """The versions in each of the peers' environments in ``folder``; empty if it is missing."""
    return {
        name: _versions(
            _PEER_PACKAGES, [str(each) for each in folder.glob(f"{name}/lib/python*/site-packages")]
        )
        for name in (TORCH_ENVIRONMENT, ONNX_ENVIRONMENT)
    }


def headline(about: dict[str, Any]) -> str:
    """The run in one line: processor, versions, comments, date."""
    machine = about["machine"]
    packages = machine["packages"]
    versions = ", ".join(
        f"{name} {packages[name]}" for name in ("torchserve", "torch", "onnxruntime")
    )
    return (
        f"{about['date']}, {machine['processor']}, {machine['cores']} cores, "
        f"{machine['memory_gib']:g} GiB; {versions}, Python {machine['python']}, "
        f"wrk {about['wrk']}; "
        f"model {about['model_version']}; {about['comments']['count']:,} comments "
        f"({about['comments']['origin']}) in random order"
    )


def _versions(packages: Sequence[str], folders: list[str]) -> dict[str, str]:
    found = {
        each.name.lower().replace("_", "-"): each.version for each in distributions(path=folders)
    }
    return {name: found[name] for name in packages if name in found}
