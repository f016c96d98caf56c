"""Infinity (the package infinity-emb) with its torch and its ONNX engine."""

import os
import subprocess
from pathlib import Path
from typing import Any, Final

from benchmarks.contenders.child import Command
from benchmarks.contenders.contender import Options
from benchmarks.contenders.peers.folding import label_of_probabilities
from benchmarks.contenders.program import Form, Program
from benchmarks.contenders.setup import Setup
from benchmarks.errors import ContenderError
from goemotions import NOTHING_SENT

TORCH_ENVIRONMENT: Final = "infinity"
ONNX_ENVIRONMENT: Final = "infinity-onnx"

_EXPORT_SECONDS: Final = 300.0


def _label(reply: Any) -> str:  # noqa: ANN401 - JSON
    (scores,) = reply["data"]
    return label_of_probabilities(scores)


_FORM: Final = Form(lambda comment: {"model": "goemotions", "input": [comment]}, _label)


def _run_torch(setup: Setup, _options: Options, port: int) -> Command:
    return _serve(setup, TORCH_ENVIRONMENT, "torch", setup.weights, port)


def _run_onnx(setup: Setup, _options: Options, port: int) -> Command:
    return _serve(setup, ONNX_ENVIRONMENT, "optimum", _export(setup), port)


INFINITY_TORCH: Final = Program("infinity-torch", _run_torch, "/classify", _FORM)
INFINITY_ONNX: Final = Program("infinity-onnx", _run_onnx, "/classify", _FORM)


def _serve(setup: Setup, environment: str, engine: str, model: Path, port: int) -> Command:
    return Command(
        (
            *(str(_executable(setup, environment, "infinity_emb")), "v2"),
            # It finds an ONNX file below its working folder alone, so the model is always ".".
            *("--model-id", ".", "--served-model-name", "goemotions"),
            *("--engine", engine, "--device", "cpu", "--dtype", "float32"),
            *("--batch-size", "16"),
            *("--host", "127.0.0.1", "--port", str(port)),
            *("--no-model-warmup", "--log-level", "warning"),
        ),
        cwd=model,
        env=_variables(setup),
    )


def _export(setup: Setup) -> Path:
    """The folder of the model in ONNX, made by optimum, as Infinity's documentation has it."""
    folder = setup.folder / "infinity-onnx"
    if (folder / "model.onnx").is_file():
        return folder
    export = subprocess.run(
        [
            *(_executable(setup, ONNX_ENVIRONMENT, "optimum-cli"), "export", "onnx"),
            *("--model", setup.weights, "--task", "text-classification", folder),
        ],
        env={**os.environ, **_variables(setup)},
        capture_output=True,
        text=True,
        timeout=_EXPORT_SECONDS,
        check=False,
    )
    if export.returncode:
        reason = (export.stderr.strip().splitlines() or ["it printed nothing"])[-1]
        raise ContenderError(f"optimum-cli could not export the model: {reason}")
    return folder


def _executable(setup: Setup, environment: str, name: str) -> Path:
    return setup.environments.absolute() / environment / "bin" / name


def _variables(setup: Setup) -> dict[str, str]:
    return {
        "PYTHONPATH": "",  # its own packages alone
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(setup.folder / "huggingface"),
        **NOTHING_SENT,
        "INFINITY_ANONYMOUS_USAGE_STATS": "0",
    }
