"""A recipe is a file of settings that the command line takes in place of options."""

import sys
from pathlib import Path
from types import SimpleNamespace

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
        ("epochs = 0", r"recipe.toml: epochs is 0; it must be"),
        ("epoch = 3", r"recipe.toml: there is no setting epoch; settings are .*epochs"),
    ],
)
def test_a_file_that_is_no_recipe_is_refused(tmp_path, content, message):
    file = tmp_path / "recipe.toml"
    if content is not None:
        file.write_text(content)
    with pytest.raises(TrainingSettingsError, match=message):
        read_recipe(file)


def test_options_overrule_the_recipe_and_it_overrules_defaults(tmp_path, monkeypatch):
    file, found = tmp_path / "recipe.toml", []
    file.write_text("epochs = 1\nseed = 5\nbatch_size = 4\n")
    trainer = SimpleNamespace(TrainingData=dict, train=lambda settings, *_: found.append(settings))
    monkeypatch.setitem(sys.modules, "training.train", trainer)
    monkeypatch.setattr(command, "_load_quietly", lambda *splits: dict.fromkeys(splits))
    monkeypatch.setenv("OMP_WAIT_POLICY", "PASSIVE")  # so that the command need not set it
    monkeypatch.setattr(sys, "argv", ["training", "train", f"--recipe={file}", "--seed=7"])
    with pytest.raises(SystemExit):
        command.main()
    assert found == [TrainingSettings(epochs=1, seed=7, batch_size=4)]


def test_the_committed_recipes_are_settings():
    files = sorted((Path(training.__file__).parent / "recipe").glob("*.toml"))
    recipes = [TrainingSettings(**read_recipe(file)) for file in files]
    root = Path(training.__file__).parents[1]
    teachers = {file for recipe in recipes for file in teacher_files(recipe.scores)}
    assert teachers
    assert all((root / file).is_file() for file in teachers)
