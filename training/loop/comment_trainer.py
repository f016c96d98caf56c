"""transformers' training loop, with this project's order of rows, loss and learning rates."""

import re
from collections.abc import Mapping
from typing import Any, Final, cast

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.utils.data import Dataset
from transformers import PreTrainedModel, Trainer

from training.batches import EpochOrder, Row, TokenRows
from training.classification import classify
from training.objective import compute_loss
from training.settings import TrainingSettings

_LAYER: Final = re.compile(r"encoder\.layer\.(\d+)\.")


class CommentTrainer(Trainer):
    """The library's trainer; ``arguments`` are its own."""

    def __init__(self, settings: TrainingSettings, **arguments: Any) -> None:  # noqa: ANN401 - the library's own
        super().__init__(**arguments)
        self._settings = settings
        # The loss is a batch's mean, and there is one batch a step.
        self.model_accepts_loss_kwargs = False

    def compute_loss(
        self,
        model: nn.Module,
        inputs: Mapping[str, Tensor],
        return_outputs: bool = False,  # noqa: FBT001, FBT002 - the library's signature
        num_items_in_batch: Tensor | int | None = None,  # noqa: ARG002 - the same
    ) -> Any:  # noqa: ANN401 - the library's signature
        """The loss of one batch; R-Drop lays it twice into one, so that dropout differs."""
        if self._settings.consistency:
            inputs = {name: torch.cat([tensor, tensor]) for name, tensor in inputs.items()}
        targets = inputs["labels"]
        inputs = {name: tensor for name, tensor in inputs.items() if name != "labels"}
        # The library casts what goes through the model's own call; mean pooling goes beside it.
        with torch.autocast("cpu", torch.bfloat16, enabled=self.args.bf16):
            logits = classify(cast("PreTrainedModel", model), inputs, self._settings.pooling)
        loss = compute_loss(self._settings, logits, targets)
        return (loss, {"logits": logits}) if return_outputs else loss

    def create_optimizer(self, model: nn.Module | None = None) -> Optimizer:
        """AdamW, each layer with its share of the learning rate, biases and norms undecayed."""
        if self.optimizer is None:
            model = cast("nn.Module", model or self.model)
            self.optimizer = torch.optim.AdamW(
                self._groups(model), lr=self.args.learning_rate, fused=True
            )
        return self.optimizer

    def _groups(self, model: nn.Module) -> list[dict[str, Any]]:
        decayed = set(self.get_decay_parameter_names(model))
        layers = int(cast("PreTrainedModel", model).config.num_hidden_layers)
        groups: dict[tuple[float, float], list[nn.Parameter]] = {}
        for name, parameter in model.named_parameters():
            scale = scale_of(name, layers, self._settings.layer_decay)
            decay = self.args.weight_decay if name in decayed else 0.0
            groups.setdefault((scale, decay), []).append(parameter)
        return [
            {"params": parameters, "lr": self.args.learning_rate * scale, "weight_decay": decay}
            for (scale, decay), parameters in groups.items()
        ]

    def _get_train_sampler(self, train_dataset: Dataset[Row] | None = None) -> EpochOrder:
        rows = cast("TokenRows", self.train_dataset if train_dataset is None else train_dataset)
        return EpochOrder(rows, self.args.train_batch_size, seed=self.args.seed)


def scale_of(parameter: str, layers: int, decay: float) -> float:
    """The share, 0 to 1, of the learning rate that the parameter of that name gets.

    Layer-wise decay of the learning rate (Howard and Ruder 2018, arXiv:1801.06146).
    The head gets all of it, the encoder's last of so many ``layers`` ``decay`` of it, each layer
    below ``decay`` of the one above, and the embeddings ``decay`` of the first layer's.
    """
    found = _LAYER.search(parameter)
    if found:
        return float(decay ** (layers - int(found.group(1))))
    below_all = "embeddings" in parameter or "relative_attention_bias" in parameter
    return float(decay ** (layers + 1)) if below_all else 1.0
