"""The model's logits for many comments, and what they are worth against the gold labels."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import expit
from transformers import PreTrainedModel

from goemotions.calibration import softmax
from goemotions.taxonomy import GROUPS, LABELS, SOURCE_LABELS, fold_gold
from goemotions.tokens import CommentTokenizer
from training.batches import pad
from training.classification import classify
from training.dataset import Comment
from training.settings import Loss, Pooling

# What goemotions.taxonomy.fold does.
SERVED_FOLDING: Final = "sum"

# (28, 14): 1 where a source label belongs to a label.
_MEMBERSHIP: Final = np.array(
    [[source in sources for sources in GROUPS.values()] for source in SOURCE_LABELS], np.float32
)


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


def folded_gold(comments: Sequence[Comment]) -> NDArray[np.bool_]:
    """``(len(comments), 14)``: whether a label is among the comment's folded gold labels."""
    gold = np.zeros((len(comments), len(LABELS)), bool)
    for row, comment in enumerate(comments):
        gold[row, [LABELS.index(label) for label in fold_gold(comment.source_indices)]] = True
    return gold


def source_gold(comments: Sequence[Comment]) -> NDArray[np.bool_]:
    """``(len(comments), 28)``: whether a source label is among the comment's gold labels."""
    gold = np.zeros((len(comments), len(SOURCE_LABELS)), bool)
    for row, comment in enumerate(comments):
        gold[row, list(comment.source_indices)] = True
    return gold


def find_hits(scores: NDArray[np.floating], gold: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """``(comments,)``: whether the label of the highest score or logit is a gold one."""
    found: NDArray[np.bool_] = gold[np.arange(len(gold)), scores.argmax(axis=1)]
    return found


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


def fold_probabilities(probabilities: NDArray[np.floating]) -> NDArray[np.floating]:
    """``(comments, 28)`` folded into ``(comments, 14)``: each group's sum."""
    folded: NDArray[np.floating] = probabilities @ _MEMBERSHIP
    return folded


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
        "power_mean": np.sqrt(probabilities**2 @ _MEMBERSHIP),
        "largest": np.stack(
            [probabilities[:, group > 0].max(axis=1) for group in _MEMBERSHIP.T], 1
        ),
    }
    return {name: float(find_hits(scores, gold).mean()) for name, scores in foldings.items()}
