"""The choice of the encoder that serves, by the model's architecture, the backend and the GPU."""

import subprocess
import sys

import pytest

from goemotions.encoders.choice import (
    EncoderChoice,
    EncoderError,
    EncoderKind,
    choose_encoder,
    find_kinds,
    load_encoder,
)
from goemotions.settings import Backend

ONNX, TORCH, TRANSFORMERS = EncoderKind


@pytest.mark.parametrize(
    ("architecture", "backend", "without_gpu", "with_gpu"),
    [
        ("bert", Backend.AUTO, ONNX, TORCH),
        ("bert", Backend.ONNX, ONNX, ONNX),
        ("bert", Backend.TORCH, TORCH, TORCH),
        ("roberta", Backend.AUTO, TRANSFORMERS, TRANSFORMERS),
        ("roberta", Backend.TORCH, TRANSFORMERS, TRANSFORMERS),
    ],
)
def test_architecture_and_backend_say_what_serves(architecture, backend, without_gpu, with_gpu):
    kinds = find_kinds(architecture, backend, quantised=False)
    assert (kinds.cpu, kinds.gpu) == (without_gpu, with_gpu)


@pytest.mark.parametrize("backend", [Backend.AUTO, Backend.ONNX])
def test_a_quantised_graph_is_run_by_onnx_runtime_whatever_the_gpu(backend):
    kinds = find_kinds("bert", backend, quantised=True)
    assert (kinds.cpu, kinds.gpu) == (ONNX, ONNX)


@pytest.mark.parametrize(
    ("architecture", "backend", "quantised", "message"),
    [
        ("roberta", Backend.ONNX, False, "is a roberta and backend is onnx.*set backend to auto"),
        ("roberta", Backend.AUTO, True, "a quantised roberta .*with QUANTIZE=none"),
        ("bert", Backend.TORCH, True, "a quantised bert with backend torch .*onnx or auto"),
    ],
)
def test_what_nothing_serves_is_refused_with_what_would(architecture, backend, quantised, message):
    with pytest.raises(EncoderError, match=message):
        find_kinds(architecture, backend, quantised=quantised)


@pytest.mark.parametrize("backend", Backend)
def test_without_a_gpu_from_torchserve_the_cpu_computes(backend):
    assert choose_encoder("bert", backend, quantised=False, gpu=None).device == "cpu"


def test_without_a_gpu_onnx_runtime_is_chosen_without_importing_torch():
    code = (
        "import sys; from goemotions.encoders.choice import *; "
        "choose_encoder('bert', Backend.AUTO, quantised=False, gpu=None); "
        "import goemotions.encoders.onnx_encoder; print('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert done.stdout.strip() == "False"


def test_where_transformers_is_missing_the_error_says_what_to_install(monkeypatch, tmp_path):
    # How Python itself marks what can't be imported.
    monkeypatch.setitem(sys.modules, "transformers", None)
    monkeypatch.delitem(sys.modules, "goemotions.encoders.transformers_encoder", raising=False)
    with pytest.raises(EncoderError, match=r"transformers.*requirements/serve-transformers\.txt"):
        load_encoder(EncoderChoice(TRANSFORMERS, "cpu"), tmp_path, threads=1, run_tokens=8)
