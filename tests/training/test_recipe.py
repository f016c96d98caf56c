"""A recipe is a file of settings that the command line takes in place of options."""

import json
import sys
from pathlib import Path

import pytest

import training
from scripts import training as command
from training.errors import TrainingSettingsError
from training.settings import TrainingSettings, read_recipe
from training.teaching.teachers import teacher_files


def test_a_recipe_gives_the_settings_that_it_names(tmp_path):
    file = tmp_path / "recipe.toml"
    file.write_text('epochs = 3\nlearning_rate = 1e-4\nloss = "sigmoid"\n')
    assert read_recipe(file) == {"epochs": 3, "learning_rate": 1e-4, "loss": "sigmoid"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "can't be read"),
        ("epochs = ", "can't be read"),
        ("epoch = 3", r"has epoch; settings are .*epochs"),
    ],
)
def test_a_file_that_is_no_recipe_is_refused(tmp_path, content, message):
    file = tmp_path / "recipe.toml"
    if content is not None:
        file.write_text(content)
    with pytest.raises(TrainingSettingsError, match=message):
        read_recipe(file)


def test_options_overrule_the_recipe_and_it_overrules_defaults(
    tmp_path, data_folder, base_encoder, monkeypatch
):
    file = tmp_path / "recipe.toml"
    file.write_text(f'epochs = 1\nseed = 5\nbatch_size = 4\nbase_encoder = "{base_encoder}"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_WAIT_POLICY", "PASSIVE")
    arguments = ["train", f"--recipe={file}", "--seed=7", "--precision=fp32"]
    monkeypatch.setattr(sys, "argv", ["training", *arguments])
    with pytest.raises(SystemExit):
        command.main()
    settings = json.loads((tmp_path / "runs" / "goemotions" / "settings.json").read_text())
    assert (settings["epochs"], settings["seed"], settings["batch_size"]) == (1, 7, 4)
    assert settings["weight_decay"] == TrainingSettings().weight_decay


def test_the_committed_recipes_are_settings():
    files = sorted((Path(training.__file__).parent / "recipe").glob("*.toml"))
    recipes = [TrainingSettings(**read_recipe(file)) for file in files]
    root = Path(training.__file__).parents[1]
    teachers = {file for recipe in recipes for file in teacher_files(recipe.scores)}
    assert teachers
    assert all((root / file).is_file() for file in teachers)
