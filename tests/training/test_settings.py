"""A training setting out of its range is refused by name."""

import dataclasses

import pytest

from training.errors import TrainingSettingsError
from training.settings import TrainingSettings


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("epochs", 0),
        ("epochs", 1.5),
        ("epochs", "3"),
        ("batch_size", 0),
        ("learning_rate", 0.0),
        ("learning_rate", float("nan")),
        ("warmup_share", 1.0),
        ("label_smoothing", -0.1),
        ("average_decay", 1.0),
        ("max_tokens", 2),
        ("served_max_tokens", 513),
        ("checkpoint_steps", 0),
        ("precision", "fp8"),
        ("loss", "hinge"),
        ("pooling", "max"),
        ("train_share", 0.0),
        ("gold_share", 1.1),
    ],
)
def test_a_value_out_of_range_is_named(setting, value):
    with pytest.raises(TrainingSettingsError, match=f"^{setting} is .*{value}.*must be"):
        TrainingSettings(**{setting: value})


@pytest.mark.parametrize("other", [{"scores": "a.safetensors"}, {"target": "served"}])
def test_the_sigmoid_loss_takes_neither_teachers_nor_folded_labels(other):
    with pytest.raises(TrainingSettingsError, match="take the softmax loss"):
        TrainingSettings(loss="sigmoid", **other)


def test_settings_can_not_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        TrainingSettings().epochs = 5


def test_each_setting_has_its_line_of_help():
    assert all(setting.metadata["help"] for setting in dataclasses.fields(TrainingSettings))
