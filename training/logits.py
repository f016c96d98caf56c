"""The logits of a model in training, and the hit rates that they come to."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import expit
from transformers import PreTrainedModel

from evaluation.dataset import Comment
from evaluation.gold import MEMBERSHIP, find_hits, fold_probabilities, folded_gold
from goemotions.calibration import softmax
from goemotions.taxonomy import SOURCE_LABELS
from goemotions.tokens import CommentTokenizer
from training.batches import pad
from training.classification import classify
from training.settings import Loss, Pooling

# What goemotions.taxonomy.fold does.
SERVED_FOLDING: Final = "sum"


def has_bf16(precision: str) -> bool:
    """Whether to multiply in bf16: as ``precision`` says, or for ``auto`` where the CPU can."""
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

    ``bf16`` multiplies in bf16, as training may: three times as fast where the CPU can. The
    longest comments go first, so that a batch too large for the memory fails at once.
    """
    model.eval()  # type: ignore[no-untyped-call]
    logits = np.empty((len(token_ids), len(SOURCE_LABELS)), np.float32)
    order = np.argsort([-len(ids) for ids in token_ids], kind="stable")
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        inputs = pad([token_ids[row] for row in rows])
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


def scores_of(logits: NDArray[np.float32], loss: Loss) -> NDArray[np.floating]:
    """The scores ``(comments, 28)`` of logits of a model that was trained with that loss.

    Probabilities that sum to 1 for the softmax loss, one chance a label for the sigmoid one.
    """
    if loss == "softmax":
        return softmax(logits)
    scores: NDArray[np.floating] = expit(logits)
    return scores


def folded_scores(logits: NDArray[np.float32], loss: Loss) -> NDArray[np.floating]:
    """The same folded into ``(comments, 14)`` as they are served."""
    return fold_probabilities(scores_of(logits, loss))


def hit_rates_by_folding(
    logits: NDArray[np.float32], comments: Sequence[Comment], loss: Loss = "softmax"
) -> dict[str, float]:
    """The hit rate (0 to 1) by each way of folding 28 labels into 14, ``SERVED_FOLDING`` first.

    ``power_mean`` scores a group by the root of its summed squared probabilities, which lies
    between its largest probability and their sum.
    """
    gold = folded_gold(comments)
    probabilities = scores_of(logits, loss)
    foldings = {
        SERVED_FOLDING: folded_scores(logits, loss),
        "power_mean": np.sqrt(probabilities**2 @ MEMBERSHIP),
        "largest": np.stack([probabilities[:, group > 0].max(axis=1) for group in MEMBERSHIP.T], 1),
    }
    return {name: float(find_hits(scores, gold).mean()) for name, scores in foldings.items()}
