"""The study's experiments become runs; a file that can't be meant is refused."""

import dataclasses

import pytest

from training.errors import StudyError
from training.settings import TrainingSettings
from training.study.design import load_design, read_given
from training.study.running import commands_of

RUNGS = """
[[rungs]]
about = "short"
settings = { epochs = 1, train_share = 0.5 }
seeds = [1]
baseline_seeds = [1, 2]

[[rungs]]
about = "long"
settings = { epochs = 3 }
seeds = [1, 2]
baseline_seeds = [1, 2]
"""
BASE = 'question = "baseline"\n[settings]\nlearning_rate = 1e-4\nbatch_size = 8\n'


@pytest.fixture
def write(tmp_path):
    def write_file(name, text):
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
        return tmp_path

    write_file("rungs", RUNGS)
    write_file("base", BASE)
    return write_file


def names(trials):
    return [trial.name for trial in trials]


def test_an_experiments_settings_go_before_the_rungs_and_those_before_the_baselines(write):
    folder = write("long", 'question = "epochs"\n[settings]\nepochs = 6\n')
    design = load_design(folder)
    settings = design.settings(design.experiments["long"], 0, 7, {})
    assert (settings.epochs, settings.train_share) == (6, 0.5)
    assert (settings.learning_rate, settings.batch_size, settings.seed) == (1e-4, 8, 7)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("question = rate", "odd.toml can't be read"),
        ('question = "q"\nanswer = "42"', "odd.toml: .*unexpected keyword argument 'answer'"),
        ("[settings]", "odd.toml: .*missing .*'question'"),
        ('question = "q"\n[settings]\nlearnin_rate = 1.0', "no setting learnin_rate"),
        ('question = "q"\n[settings]\nepochs = 1.5', "epochs is 1.5; it must be of the type int"),
        ('question = "q"\n[settings]\nloss = true', "loss is True; it must be of the type str"),
        ('question = "q"\n[settings]\nepochs = 0', "odd.toml: epochs is 0; it must be from 1"),
        (
            'question = "q"\ncompare_with = "nobody"',
            "compare_with is 'nobody'; it must be one of base",
        ),
        ('question = "q"\nweights = "mean"', "weights is 'mean'; it must be one of best, raw"),
        ('question = "q"\nfirst_rung = 2', "odd.toml: there is no rung 2; there are 0 to 1"),
    ],
)
def test_what_can_not_be_meant_is_refused_by_the_name_of_its_file(write, text, message):
    with pytest.raises(StudyError, match=message):
        load_design(write("odd", text))


def test_a_folder_without_a_baseline_is_refused(tmp_path):
    with pytest.raises(StudyError, match=r"no base\.toml"):
        load_design(tmp_path)


def test_a_rung_has_the_baseline_who_enters_and_who_was_promoted(write):
    write("fast", 'question = "rate"\n[settings]\nlearning_rate = 1e-3\n')
    write("slow", 'question = "rate"\n[settings]\nlearning_rate = 1e-5\n')
    write("rungs", RUNGS + 'promoted = ["slow"]\n')
    design = load_design(write("late", 'question = "loss"\nfirst_rung = 1\nseeds = [5]\n'))
    assert names(design.trials(0)) == [
        "rung-0/base/seed-1", "rung-0/base/seed-2", "rung-0/fast/seed-1", "rung-0/slow/seed-1",
    ]  # fmt: skip
    assert names(design.trials(1)) == [
        "rung-1/base/seed-1", "rung-1/base/seed-2", "rung-1/late/seed-5", "rung-1/slow/seed-1",
        "rung-1/slow/seed-2",
    ]  # fmt: skip


def test_an_experiment_that_was_promoted_and_lost_its_file_is_named(write):
    with pytest.raises(StudyError, match=r"rungs\.toml: gone was promoted, but has no file"):
        load_design(write("rungs", RUNGS + 'promoted = ["gone"]\n'))


def test_a_rung_that_is_not_there_is_named(write):
    with pytest.raises(StudyError, match="there is no rung 7; there are 0 to 1"):
        load_design(write("base", BASE)).trials(7)


def test_experiments_with_the_same_settings_share_a_run(write):
    design = load_design(write("raw", 'question = "averaging"\nweights = "raw"\n'))
    raw = [each for each in design.trials(0) if each.experiment.name == "raw"]
    assert names(raw) == ["rung-0/base/seed-1"]


def test_what_an_experiment_needs_is_missed_or_given(write):
    folder = write("taught", 'question = "teacher"\nneeds = { scores = "teachers" }\n')
    design = load_design(folder)
    *_, missing = design.trials(0)
    *_, given = design.trials(0, read_given(["teachers=a,b"], design))
    assert (missing.settings.scores, missing.name) == ("", "rung-0/taught/seed-1")
    assert (given.settings.scores, given.name) == ("a,b", "rung-0/taught/seed-1")


def test_a_runs_command_names_what_is_not_the_default(write, tmp_path):
    trials = load_design(write("base", BASE)).trials(1)
    (run, command), _ = commands_of(trials, tmp_path, threads=3).items()
    assert run.folder == tmp_path / "rung-1" / "base" / "seed-1"
    assert command[:2] == ["env", "OMP_NUM_THREADS=3"]
    assert command[3:7] == ["-m", "scripts.training", "train", f"--run={run.folder}"]
    assert sorted(command[7:]) == [
        "--batch-size=8", "--epochs=3", "--learning-rate=0.0001", "--seed=1",
    ]  # fmt: skip


def test_every_rung_of_the_committed_experiments_has_runs():
    design = load_design()
    for rung in range(len(design.rungs)):
        assert design.trials(rung)


def test_the_committed_baseline_states_every_lever():
    design = load_design()
    levers = {
        name
        for experiment in design.experiments.values()
        for name in experiment.settings
        if experiment.name != "base"
    }
    of_rungs = {name for rung in design.rungs for name in rung.settings}
    of_teachers = {"gold_share", "teacher_temperature"}  # without teachers they change nothing
    assert levers - of_rungs - of_teachers <= design.experiments["base"].settings.keys()


@pytest.mark.parametrize(
    "lever",
    [
        "loss", "target", "learning_rate", "epochs", "pooling", "average_decay", "emoji", "masks",
        "name_share", "layer_decay", "consistency", "label_smoothing", "gold_share",
        "teacher_temperature", "base_encoder", "scores",
    ],
)  # fmt: skip
def test_every_lever_has_an_experiment(lever):
    assert lever in {field.name for field in dataclasses.fields(TrainingSettings)}
    experiments = load_design().experiments.values()
    assert any(
        lever in {*each.settings, *each.needs} for each in experiments if each.name != "base"
    )
