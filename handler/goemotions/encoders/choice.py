"""The choice of an encoder, by the model's architecture, the setting ``backend`` and the GPU."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from goemotions.encoders.protocol import Encoder
from goemotions.errors import GoEmotionsError

_LOG = logging.getLogger(__name__)
_CPU: Final = "cpu"
# The architecture that goemotions.encoders.packed_bert computes.
_PACKED: Final = "bert"


class EncoderError(GoEmotionsError):
    """No encoder serves what was asked for; the message says why, and what to change."""


class Backend(StrEnum):
    """What computes; with ``AUTO``, the architecture and the worker's GPU decide."""

    AUTO = "auto"
    ONNX = "onnx"
    TORCH = "torch"


class EncoderKind(StrEnum):
    """The encoders, each in a file of its name (``onnx_encoder.py``)."""

    ONNX = "onnx"
    TORCH = "torch"
    TRANSFORMERS = "transformers"


@dataclass(frozen=True, slots=True)
class EncoderKinds:
    """The encoder of a worker without a GPU, and that of a worker with one."""

    cpu: EncoderKind
    gpu: EncoderKind


@dataclass(frozen=True, slots=True)
class EncoderChoice:
    """The encoder of this worker, and the ``device`` that computes: ``cpu`` or ``cuda:0``."""

    kind: EncoderKind
    device: str


# Keys: whether the architecture is the packed one, and the backend.
_KINDS: Final[Mapping[tuple[bool, Backend], EncoderKinds]] = {
    (True, Backend.AUTO): EncoderKinds(EncoderKind.ONNX, EncoderKind.TORCH),
    (True, Backend.ONNX): EncoderKinds(EncoderKind.ONNX, EncoderKind.ONNX),
    (True, Backend.TORCH): EncoderKinds(EncoderKind.TORCH, EncoderKind.TORCH),
    (False, Backend.AUTO): EncoderKinds(EncoderKind.TRANSFORMERS, EncoderKind.TRANSFORMERS),
    (False, Backend.TORCH): EncoderKinds(EncoderKind.TRANSFORMERS, EncoderKind.TRANSFORMERS),
}


def find_kinds(architecture: str, backend: Backend, *, quantised: bool) -> EncoderKinds:
    """The encoders for a model of ``architecture`` (transformers' ``model_type``).

    Only ONNX Runtime takes a quantised graph. Raises ``EncoderError`` if no encoder fits.
    """
    is_packed = architecture == _PACKED
    if quantised:
        if not is_packed or backend is Backend.TORCH:
            raise EncoderError(
                f"a quantised {architecture} with backend {backend} can't be served, only a "
                f"{_PACKED} by ONNX Runtime; set backend to onnx or auto, or build the archive "
                "with QUANTIZE=none"
            )
        backend = Backend.ONNX
    if (is_packed, backend) not in _KINDS:
        raise EncoderError(
            f"the model is a {architecture} and backend is {backend}, which serves {_PACKED} "
            "alone; set backend to auto or torch in handler/model-config.yaml"
        )
    return _KINDS[is_packed, backend]


def choose_encoder(
    architecture: str, backend: Backend, *, quantised: bool, gpu: int | None
) -> EncoderChoice:
    """The encoder for a worker that TorchServe gave the GPU of index ``gpu``, or none.

    Raises ``EncoderError`` if no encoder fits.
    """
    kinds = find_kinds(architecture, backend, quantised=quantised)
    device = _find_device(gpu)
    kind = kinds.cpu if device == _CPU else kinds.gpu
    return EncoderChoice(kind, _CPU if kind is EncoderKind.ONNX else device)


def load_encoder(choice: EncoderChoice, folder: Path, *, threads: int, run_tokens: int) -> Encoder:
    """The chosen encoder of ``folder``, an unpacked archive.

    Raises ``FileNotFoundError`` and ``ValueError`` if it can't be loaded, and ``EncoderError`` if a
    package that it needs is not installed.
    """
    return _LOADERS[choice.kind](choice.device, folder, threads, run_tokens)


def _find_device(gpu: int | None) -> str:
    if gpu is None:
        return _CPU
    import torch  # noqa: PLC0415 - a worker on the CPU does not need it

    if torch.cuda.is_available():
        return f"cuda:{gpu}"
    _LOG.warning(
        "TorchServe gave this worker GPU %d, but torch %s can't use it: the CPU computes",
        gpu,
        torch.__version__,
    )
    return _CPU


# Each imports its encoder only when it is chosen: torch and transformers take seconds and memory.


def _load_onnx(_device: str, folder: Path, threads: int, run_tokens: int) -> Encoder:
    from goemotions.encoders.onnx_encoder import OnnxEncoder  # noqa: PLC0415

    return OnnxEncoder(folder / "model.onnx", threads, run_tokens)


def _load_torch(device: str, folder: Path, threads: int, run_tokens: int) -> Encoder:
    from goemotions.encoders.torch_encoder import TorchEncoder  # noqa: PLC0415

    return TorchEncoder(folder, device, threads, run_tokens)


def _load_transformers(device: str, folder: Path, threads: int, run_tokens: int) -> Encoder:
    try:
        from goemotions.encoders.transformers_encoder import TransformersEncoder  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise EncoderError(
            f"another model than a {_PACKED} needs a package that is not installed here: {error}; "
            "pip install --requirement requirements/serve-transformers.txt"
        ) from error
    return TransformersEncoder(folder, device, threads, run_tokens)


_LOADERS: Final[Mapping[EncoderKind, Callable[[str, Path, int, int], Encoder]]] = {
    EncoderKind.ONNX: _load_onnx,
    EncoderKind.TORCH: _load_torch,
    EncoderKind.TRANSFORMERS: _load_transformers,
}
