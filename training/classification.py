"""The head of a model, applied to the encoder's first token or to the mean over all tokens."""

from collections.abc import Callable, Mapping
from typing import Final, cast

from torch import Tensor, nn
from transformers import BertForSequenceClassification, PreTrainedModel

from training.errors import TrainingSettingsError
from training.settings import Pooling

Head = Callable[[PreTrainedModel, Tensor], Tensor]


def _bert_head(model: PreTrainedModel, states: Tensor) -> Tensor:
    bert = cast("BertForSequenceClassification", model)
    pooler = cast("nn.Module", bert.bert.pooler)
    logits: Tensor = bert.classifier(bert.dropout(pooler(states)))
    return logits


def _roberta_head(model: PreTrainedModel, states: Tensor) -> Tensor:
    logits: Tensor = cast("nn.Module", model.classifier)(states)
    return logits


# Each head takes hidden states (batch, tokens, hidden) and reads the first token.
_HEADS: Final[Mapping[str, Head]] = {
    "bert": _bert_head,
    "mpnet": _roberta_head,
    "roberta": _roberta_head,
}


def classify(model: PreTrainedModel, inputs: Mapping[str, Tensor], pooling: Pooling) -> Tensor:
    """The logits ``(batch, 28)`` of ``input_ids`` and ``attention_mask``, both ``(batch, tokens)``.

    With ``mean`` the model's own head reads the mean of all tokens' states in place of the first
    token's. Raises ``TrainingSettingsError`` for a kind of model whose head is not known here.
    """
    if pooling == "first":
        logits: Tensor = model(**inputs).logits
        return logits
    kind = model.config.model_type
    if kind not in _HEADS:
        raise TrainingSettingsError(
            f"mean pooling knows the heads of {', '.join(_HEADS)}, and not {kind}"
        )
    states = model.base_model(**inputs).last_hidden_state
    mask = inputs["attention_mask"].unsqueeze(-1).to(states.dtype)
    mean = (states * mask).sum(dim=1) / mask.sum(dim=1)
    return _HEADS[kind](model, mean.unsqueeze(1))
