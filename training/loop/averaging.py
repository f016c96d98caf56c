"""An exponential moving average of the weights, kept in checkpoints."""

from pathlib import Path

from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from transformers import PreTrainedModel, TrainerCallback, TrainerState, TrainingArguments
from typing_extensions import override

from training.run import AVERAGE_FILE


class WeightAveraging(TrainerCallback):
    """Averages the weights after each step; each checkpoint holds the average.

    ``decay`` is the weight, 0 to 1, of the average so far in each step.
    """

    def __init__(self, model: PreTrainedModel, decay: float) -> None:
        self._model = model
        average = get_ema_multi_avg_fn(decay)  # type: ignore[no-untyped-call]
        self._average = AveragedModel(model, multi_avg_fn=average)

    def weights(self) -> dict[str, Tensor]:
        """The averaged weights, by the names of the model's own."""
        return dict(self._average.module.state_dict())

    def load(self, checkpoint: Path) -> None:
        """Go on from the average in ``checkpoint``."""
        self._average.load_state_dict(load_file(checkpoint / AVERAGE_FILE))

    @override
    def on_step_end(self, *_: object, **__: object) -> None:
        """Add the step's weights to the average."""
        self._average.update_parameters(self._model)

    @override
    def on_save(
        self, args: TrainingArguments, state: TrainerState, *_: object, **__: object
    ) -> None:
        """Put the average into the checkpoint just written, which makes it a complete one."""
        checkpoint = Path(str(args.output_dir)) / f"checkpoint-{state.global_step}"
        draft = checkpoint / f"{AVERAGE_FILE}.draft"
        save_file(dict(self._average.state_dict()), draft)
        draft.replace(checkpoint / AVERAGE_FILE)
