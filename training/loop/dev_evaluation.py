"""Evaluation on dev after each epoch, of the raw and of the averaged weights."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from safetensors.torch import save_file
from transformers import PreTrainedModel, TrainerCallback, TrainerState, TrainingArguments
from typing_extensions import override

from evaluation.dataset import Comment
from goemotions.tokens import CommentTokenizer
from terminal.results import write_json
from training.base_encoder import build_classifier
from training.folding import SERVED_FOLDING, hit_rates_by_folding
from training.logits import comment_logits
from training.loop.averaging import WeightAveraging
from training.run import Run, read_json
from training.settings import TrainingSettings


@dataclass(frozen=True)
class DevEvaluation(TrainerCallback):
    """Writes hit rates to the run's ``dev.json``, and the best weights so far beside it."""

    run: Run
    settings: TrainingSettings
    bf16: bool
    comments: Sequence[Comment]
    tokenizer: CommentTokenizer
    model: PreTrainedModel
    averaging: WeightAveraging
    console: Console

    @override
    def on_epoch_end(
        self, args: TrainingArguments, state: TrainerState, *_: object, **__: object
    ) -> None:
        """Evaluate, unless training was stopped in the middle of the epoch."""
        epoch, rest = divmod(state.global_step, state.max_steps // state.num_train_epochs)
        if epoch == 0 or rest:
            return
        kinds = {"raw": dict(self.model.state_dict()), "average": self.averaging.weights()}
        for kind, weights in kinds.items():
            if f"{epoch} {kind}" not in read_json(self.run.dev_file):
                # A model of its own: the trainer's is to stay in training mode.
                self._evaluate(epoch, kind, build_classifier(self.model.config, weights))

    on_train_begin = on_epoch_end
    """Makes up for an evaluation that was interrupted: the checkpoint comes before it."""

    def _evaluate(self, epoch: int, kind: str, model: PreTrainedModel) -> None:
        logits = comment_logits(
            model, self.tokenizer, self.comments, pooling=self.settings.pooling, bf16=self.bf16
        )
        rates = hit_rates_by_folding(logits, self.comments, self.settings.loss)
        kept = self.run.dev_logits_file(epoch, kind)  # to compare two runs comment by comment
        kept.parent.mkdir(exist_ok=True)
        np.save(kept, logits)
        before = read_json(self.run.dev_file)
        best = max((entry["hit_rate"][SERVED_FOLDING] for entry in before.values()), default=-1.0)
        if rates[SERVED_FOLDING] > best:
            draft = self.run.best_weights.with_suffix(".draft")
            save_file(model.state_dict(), draft)
            draft.replace(self.run.best_weights)
        entry = {"epoch": epoch, "weights": kind, "hit_rate": rates}
        write_json(self.run.dev_file, {**before, f"{epoch} {kind}": entry})
        shown = ", ".join(f"{name} {rate:.4f}" for name, rate in rates.items())
        self.console.print(f"dev after epoch {epoch}, {kind} weights: {shown}", soft_wrap=True)
