from pathlib import Path

import pytest
import yaml

from goemotions.settings import Backend, LoggedText, Settings, SettingsError

MODEL_CONFIG = Path(__file__).parents[2] / "handler" / "model-config.yaml"


def test_the_archives_configuration_states_every_setting_with_its_default():
    section = yaml.safe_load(MODEL_CONFIG.read_text())["handler"]
    assert Settings.from_mapping(section) == Settings()
    assert section.keys() == set(Settings.__dataclass_fields__)


def test_an_unknown_setting_is_an_error_that_names_it_and_the_known_ones():
    with pytest.raises(SettingsError, match=r"unknown setting max_char .*known are .*max_chars"):
        Settings.from_mapping({"max_char": 5})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_chars", 0),
        ("max_chars", "10000"),
        ("max_inputs", True),
        ("threads", 1.5),
        ("run_tokens", None),
        ("log_text", "some"),
        ("log_text", None),
        ("backend", "cuda"),
        ("backend", None),
    ],
)
def test_a_value_out_of_range_is_an_error_that_names_it_and_what_was_found(name, value):
    with pytest.raises(SettingsError) as error:
        Settings.from_mapping({name: value})
    assert str(error.value).startswith(f"{name} is {value!r}")


@pytest.mark.parametrize("value", ["full", "hash", "none"])
def test_what_is_logged_of_a_text_is_read_from_a_plain_string(value):
    assert Settings.from_mapping({"log_text": value}).log_text is LoggedText(value)


@pytest.mark.parametrize("value", ["auto", "onnx", "torch"])
def test_the_backend_is_read_from_a_plain_string(value):
    assert Settings.from_mapping({"backend": value}).backend is Backend(value)
