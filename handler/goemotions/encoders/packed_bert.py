"""BERT for sequence classification over packed comments: exported for ONNX Runtime, run by torch.

The same mathematics as ``transformers.BertForSequenceClassification``, with two savings that do
not change the logits. The comments of a run are placed end to end in one row without padding, and
a mask keeps attention within each comment. The classifier reads only the first token of a comment,
so the last layer computes keys and values for all tokens, and all else for first tokens only.

Everything after the embeddings is two-dimensional, ``(tokens, hidden)``, so that ONNX Runtime fuses
each linear layer with its bias into one Gemm, and the transposes of attention into its products.
"""

import math
from pathlib import Path
from typing import Self

import torch
from torch import Tensor, nn
from torch.nn import functional

from goemotions.encoders.bert_folder import BertConfig, BertTensors


class PackedBert(nn.Module):
    """The fine-tuned encoder with its classifier, computing in float32."""

    words: Tensor
    positions: Tensor

    def __init__(self, config: BertConfig, tensors: BertTensors) -> None:
        """Take every tensor; raises ``ValueError`` if one is missing or left over."""
        super().__init__()
        # A comment is one sequence for BERT, so that each of its tokens has token type 0.
        token_type = tensors.take("bert.embeddings.token_type_embeddings.weight")[0]
        positions = tensors.take("bert.embeddings.position_embeddings.weight") + token_type
        # Half of all weights. They stay in float16, at half the size, and only the words of a run
        # are turned into float32, which is exact.
        words = tensors.take_as_stored("bert.embeddings.word_embeddings.weight")
        self.register_buffer("words", words)
        self.register_buffer("positions", positions)
        self.norm = tensors.layer_norm("bert.embeddings.LayerNorm", config.layer_norm_eps)
        *layers, last = (f"bert.encoder.layer.{index}" for index in range(config.layers))
        self.layers = nn.ModuleList(_Layer(config, tensors, name) for name in layers)
        self.last_layer = _LastLayer(config, tensors, last)
        self.pooler = tensors.linear("bert.pooler.dense")
        self.classifier = tensors.linear("classifier")
        tensors.expect_none_left()

    @classmethod
    def from_folder(cls, model_dir: Path) -> Self:
        """Read ``config.json`` and ``model.safetensors``, float16 or float32.

        Raises ``FileNotFoundError`` if one is missing, and ``ValueError`` if they do not hold a
        BERT sequence classifier.
        """
        config = BertConfig.from_file(model_dir / "config.json")
        return cls(config, BertTensors(model_dir / "model.safetensors")).eval()

    def forward(
        self, token_ids: Tensor, positions: Tensor, comment_of_token: Tensor, first_tokens: Tensor
    ) -> Tensor:
        """The logits ``(comments, labels)`` of one ``packing.PackedRun``."""
        hidden: Tensor = self.norm(
            functional.embedding(token_ids, self.words).float()
            + functional.embedding(positions, self.positions)
        )
        same_comment = comment_of_token[:, None] == comment_of_token[None, :]
        # A token attends at least to itself. A row of -inf alone would become NaN in softmax.
        mask = torch.where(same_comment, 0.0, -math.inf)
        for layer in self.layers:
            hidden = layer(hidden, mask)
        first: Tensor = self.last_layer(hidden, mask, first_tokens)
        logits: Tensor = self.classifier(torch.tanh(self.pooler(first)))
        return logits


class _Layer(nn.Module):
    """One layer for all tokens; one product gives queries, keys and values."""

    def __init__(self, config: BertConfig, tensors: BertTensors, name: str) -> None:
        super().__init__()
        attention = f"{name}.attention.self"
        self.projections = tensors.linear(
            f"{attention}.query", f"{attention}.key", f"{attention}.value"
        )
        self.rest = _RestOfLayer(config, tensors, name)

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """New hidden states ``(tokens, hidden)``, with a mask ``(tokens, tokens)``."""
        queries, keys, values = self.projections(hidden).chunk(3, dim=-1)
        new_hidden: Tensor = self.rest(hidden, queries, keys, values, mask)
        return new_hidden


class _LastLayer(nn.Module):
    """One layer for the first token of each comment, which attends to all of its tokens."""

    def __init__(self, config: BertConfig, tensors: BertTensors, name: str) -> None:
        super().__init__()
        attention = f"{name}.attention.self"
        self.query = tensors.linear(f"{attention}.query")
        self.projections = tensors.linear(f"{attention}.key", f"{attention}.value")
        self.rest = _RestOfLayer(config, tensors, name)

    def forward(self, hidden: Tensor, mask: Tensor, first_tokens: Tensor) -> Tensor:
        """The first tokens' new hidden states ``(comments, hidden)`` from ``(tokens, hidden)``."""
        keys, values = self.projections(hidden).chunk(2, dim=-1)
        first = hidden.index_select(0, first_tokens)
        mask = mask.index_select(0, first_tokens)
        new_first: Tensor = self.rest(first, self.query(first), keys, values, mask)
        return new_first


class _RestOfLayer(nn.Module):
    """A layer after its projections: attention and the feed-forward network, each with its norm."""

    def __init__(self, config: BertConfig, tensors: BertTensors, name: str) -> None:
        super().__init__()
        self.heads = config.heads
        self.attention_output = tensors.linear(f"{name}.attention.output.dense")
        self.attention_norm = tensors.layer_norm(
            f"{name}.attention.output.LayerNorm", config.layer_norm_eps
        )
        self.intermediate = tensors.linear(f"{name}.intermediate.dense")
        self.output = tensors.linear(f"{name}.output.dense")
        self.output_norm = tensors.layer_norm(f"{name}.output.LayerNorm", config.layer_norm_eps)

    def forward(
        self, hidden: Tensor, queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor
    ) -> Tensor:
        """New hidden states ``(rows, hidden)``; keys and values are ``(tokens, hidden)``.

        The mask ``(rows, tokens)`` is added to the attention scores.
        """
        context = self.attention_output(self._attend(queries, keys, values, mask))
        attended: Tensor = self.attention_norm(context + hidden)
        expanded = functional.gelu(self.intermediate(attended))
        new_hidden: Tensor = self.output_norm(self.output(expanded) + attended)
        return new_hidden

    def _attend(self, queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor) -> Tensor:
        queries, keys, values = (self._by_head(each) for each in (queries, keys, values))
        scores = queries @ keys.transpose(1, 2) / math.sqrt(queries.shape[-1])
        weights = torch.softmax(scores + mask, dim=-1)
        return (weights @ values).transpose(0, 1).flatten(1)

    def _by_head(self, states: Tensor) -> Tensor:
        """``states`` ``(tokens, hidden)`` as ``(heads, tokens, hidden / heads)``."""
        return states.reshape(states.shape[0], self.heads, -1).transpose(0, 1)
