"""The configuration and the tensors of a BERT model folder, checked while they are read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

# What PackedBert computes: a model that was trained with other values would answer wrongly.
_EXPECTED: Final = {
    "model_type": "bert",
    "hidden_act": "gelu",
    "position_embedding_type": "absolute",
}
# Newer versions of transformers leave it out, because they know no other.
_IF_ABSENT: Final = {"position_embedding_type": "absolute"}


@dataclass(frozen=True, slots=True)
class BertConfig:
    """What a BERT model's tensors do not show; raises ``ValueError`` for impossible values."""

    layers: int
    heads: int
    hidden: int
    layer_norm_eps: float

    def __post_init__(self) -> None:
        if self.layers < 1:
            raise ValueError(f"num_hidden_layers is {self.layers}; it must be at least 1")
        if self.heads < 1 or self.hidden % self.heads:
            raise ValueError(f"hidden_size {self.hidden} can't be divided among {self.heads} heads")

    @classmethod
    def from_file(cls, file: Path) -> Self:
        """Read transformers' ``config.json``.

        Raises ``FileNotFoundError``, and ``ValueError`` for another architecture than BERT with
        erf GELU and absolute positions, or if the file is not a configuration of transformers.
        """
        _require(file)
        try:
            config = dict(json.loads(file.read_text(encoding="utf-8")))
            _expect_bert(config)
            return cls(
                layers=int(config["num_hidden_layers"]),
                heads=int(config["num_attention_heads"]),
                hidden=int(config["hidden_size"]),
                layer_norm_eps=float(config["layer_norm_eps"]),
            )
        except KeyError as error:
            raise ValueError(f"{file}: the key {error} is missing; is it a BertConfig?") from error
        except (ValueError, TypeError) as error:
            raise ValueError(f"{file}: {error}") from error


class BertTensors:
    """The tensors of one ``model.safetensors``; each can be taken once."""

    def __init__(self, file: Path) -> None:
        """Read the file; raises ``FileNotFoundError``, or ``ValueError`` for another format."""
        _require(file)
        self._file = file
        try:
            self._left = load_file(file)
        except SafetensorError as error:
            raise ValueError(f"{file} is not a safetensors file: {error}") from error

    def take(self, name: str) -> Tensor:
        """The tensor of that name in float32. Raises what ``take_as_stored`` raises."""
        return self.take_as_stored(name).float()

    def take_as_stored(self, name: str) -> Tensor:
        """The tensor of that name in the file's own precision.

        Raises ``ValueError`` if there is no such tensor, or if it was taken before.
        """
        if name not in self._left:
            raise ValueError(f"{self._file} has no tensor {name}; is it a BERT classifier?")
        return self._left.pop(name)

    def linear(self, *names: str) -> nn.Linear:
        """The linear layer of that name; several are joined into one, outputs after outputs."""
        weight = torch.cat([self.take(f"{name}.weight") for name in names])
        bias = torch.cat([self.take(f"{name}.bias") for name in names])
        outputs, inputs = weight.shape
        layer = nn.Linear(inputs, outputs, device="meta")
        layer.weight = nn.Parameter(weight, requires_grad=False)
        layer.bias = nn.Parameter(bias, requires_grad=False)
        return layer

    def layer_norm(self, name: str, eps: float) -> nn.LayerNorm:
        """The layer norm of that name."""
        weight = self.take(f"{name}.weight")
        layer = nn.LayerNorm(weight.shape[0], eps, device="meta")
        layer.weight = nn.Parameter(weight, requires_grad=False)
        layer.bias = nn.Parameter(self.take(f"{name}.bias"), requires_grad=False)
        return layer

    def expect_none_left(self) -> None:
        """Raise ``ValueError`` if a tensor is left: the model has a part that was not built."""
        if self._left:
            raise ValueError(f"{self._file} has tensors that no part takes: {sorted(self._left)}")


def _expect_bert(config: Mapping[str, object]) -> None:
    for key, expected in _EXPECTED.items():
        found = config.get(key, _IF_ABSENT.get(key))
        if found != expected:
            raise ValueError(f"{key} is {found!r}, and only {expected!r} can be served")


def _require(file: Path) -> None:
    if not file.is_file():
        raise FileNotFoundError(
            f"no {file.name} in {file.parent}; make the model with `make train`"
        )
