"""The study's experiments: what the files say, what is refused, and which runs they come to."""

import dataclasses

import pytest

from training.settings import TrainingSettings
from training.study.design_files import EXPERIMENTS, load_design
from training.study.errors import StudyError
from training.study.promotion import Decision, Promotion, load_promotions
from training.study.trials import experiments_of_rung, trials_of_rung

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


def promotion(*names, combined=()):
    decisions = [
        Decision(name, "rate", "base", difference=1.0, error=0.5, goes_on=True, why="place 1")
        for name in names
    ]
    return Promotion(tuple(decisions), combined)


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
        ('answer = "42"', "odd.toml: there is no key answer; known are .*question"),
        ("[settings]", "odd.toml: question is missing"),
        ('question = "q"\n[settings]\nlearnin_rate = 1.0', "no setting 'learnin_rate'"),
        ('question = "q"\n[settings]\nepochs = 1.5', "epochs is 1.5; it must be of the type int"),
        ('question = "q"\n[settings]\nloss = true', "loss is True; it must be of the type str"),
        ('question = "q"\n[settings]\nepochs = 0', "odd.toml: epochs is 0; it must be from 1"),
        ('question = "q"\ncompare_with = "nobody"', "'nobody', which has no file; there are base"),
        ('question = "q"\nweights = "mean"', "weights is 'mean'; it must be one of best, raw"),
        ('question = "q"\nfirst_rung = 2', "odd.toml: there is no rung 2; there are 0 to 1"),
        ('question = "q"\nneeds = { epochs = "long" }', "it needs epochs, which is no setting"),
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
    design = load_design(write("late", 'question = "loss"\nfirst_rung = 1\n'))
    assert [*experiments_of_rung(design, {}, 0)] == ["base", "fast", "slow"]
    assert [*experiments_of_rung(design, {1: promotion("slow")}, 1)] == ["base", "late", "slow"]


def test_the_winners_of_their_questions_are_one_more_experiment(write):
    write("fast", 'question = "rate"\n[settings]\nlearning_rate = 1e-3\nbatch_size = 16\n')
    design = load_design(write("big", 'question = "batch"\n[settings]\nbatch_size = 64\n'))
    combined = {1: promotion("fast", "big", combined=("fast", "big"))}
    found = experiments_of_rung(design, combined, 1)["combination-1"]
    assert found.settings == {"learning_rate": 1e-3, "batch_size": 64}


def test_an_experiment_that_was_promoted_and_lost_its_file_is_named(write):
    with pytest.raises(StudyError, match="gone went on to rung 1, but has no file"):
        experiments_of_rung(load_design(write("base", BASE)), {1: promotion("gone")}, 1)


def test_the_baseline_has_seeds_of_its_own(write):
    design = load_design(write("fast", 'question = "rate"\n[settings]\nlearning_rate = 1e-3\n'))
    names = [trial.name for trial in trials_of_rung(design, {}, 0)]
    assert names == ["rung-0/base/seed-1", "rung-0/base/seed-2", "rung-0/fast/seed-1"]


def test_experiments_with_the_same_settings_share_a_run(write):
    design = load_design(write("raw", 'question = "averaging"\nweights = "raw"\n'))
    raw = [each for each in trials_of_rung(design, {}, 0) if each.experiment.name == "raw"]
    assert [trial.name for trial in raw] == ["rung-0/base/seed-1"]


def test_what_an_experiment_needs_is_missed_or_given(write):
    folder = write("taught", 'question = "teacher"\nneeds = { scores = "teachers" }\n')
    design = load_design(folder)
    *_, missing = trials_of_rung(design, {}, 0)
    *_, given = trials_of_rung(design, {}, 0, {"teachers": "a,b"})
    assert (missing.missing, missing.name) == (("teachers",), "rung-0/taught/seed-1")
    assert (given.missing, given.settings.scores) == ((), "a,b")


def test_a_runs_command_names_what_is_not_the_default(write, tmp_path):
    base, *_ = trials_of_rung(load_design(write("base", BASE)), {}, 1)
    folder = tmp_path / "rung-1" / "base" / "seed-1"
    assert base.command(tmp_path)[:5] == ["python", "-m", "training", "train", f"--run={folder}"]
    assert sorted(base.command(tmp_path)[5:]) == [
        "--batch-size=8", "--epochs=3", "--learning-rate=0.0001", "--seed=1",
    ]  # fmt: skip


def test_the_committed_experiments_and_promotions_fit_each_other():
    design, promotions = load_design(), load_promotions(EXPERIMENTS)
    for rung in range(len(design.rungs)):
        assert trials_of_rung(design, promotions, rung)


def test_the_committed_baseline_states_every_lever():
    design = load_design()
    levers = {
        name
        for experiment in design.experiments.values()
        for name in experiment.settings
        if not experiment.is_baseline
    }
    of_rungs = {name for rung in design.rungs for name in rung.settings}
    of_teachers = {"gold_share", "teacher_temperature"}  # without teachers they change nothing
    assert levers - of_rungs - of_teachers <= design.baseline.settings.keys()


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
        lever in {*each.settings, *each.needs} for each in experiments if not each.is_baseline
    )
