"""The logits of a model in training."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedModel

from evaluation.dataset import Comment
from goemotions.taxonomy import SOURCE_LABELS
from goemotions.tokens import CommentTokenizer
from training.batches import model_inputs
from training.classification import classify
from training.settings import Pooling


def has_bf16(precision: str) -> bool:
    """Whether to multiply in bf16: as ``precision`` says, or with ``auto`` if the CPU can."""
    if precision == "auto":
        return bool(torch.cpu.get_capabilities().get("avx512_bf16"))
    return precision == "bf16"


@torch.inference_mode()
def compute_logits(
    model: PreTrainedModel,
    token_ids: Sequence[Sequence[int]],
    *,
    pooling: Pooling = "first",
    bf16: bool = False,
    batch_size: int = 64,
) -> NDArray[np.float32]:
    """The logits ``(len(token_ids), 28)`` in the given order; the model is left in eval mode.

    ``bf16`` multiplies in bf16, as training may: three times as fast if the CPU can. The
    longest comments go first, so that a batch too large for the memory fails at once.
    """
    model.eval()  # type: ignore[no-untyped-call]
    logits = np.empty((len(token_ids), len(SOURCE_LABELS)), np.float32)
    order = np.argsort([-len(ids) for ids in token_ids], kind="stable")
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        inputs = model_inputs([token_ids[row] for row in rows])
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            logits[rows] = classify(model, inputs, pooling).float().numpy()
    return logits


def comment_logits(
    model: PreTrainedModel,
    tokenizer: CommentTokenizer,
    comments: Sequence[Comment],
    *,
    pooling: Pooling = "first",
    bf16: bool = False,
) -> NDArray[np.float32]:
    """The logits ``(len(comments), 28)`` of comments, tokenised and then as ``compute_logits``."""
    tokens = tokenizer.tokenize([comment.text for comment in comments])
    return compute_logits(model, [each.ids for each in tokens], pooling=pooling, bf16=bf16)
