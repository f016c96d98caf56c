"""The study's document, its results and its plot."""

import json

import pytest
from PIL import Image

from tests.training.study_results import result
from training.study.design_files import load_design
from training.study.errors import StudyError
from training.study.promotion import Decision, Promotion, save_promotions
from training.study.report import write_report
from training.study.study import Study

RUNGS = """
[[rungs]]
about = "a third of the comments"
settings = { epochs = 1 }
seeds = [1]
baseline_seeds = [1]
"""
RESULTS = [
    result("base", "1100" * 50, seed=1),
    result("base", "1010" * 50, seed=2),
    result("fast", "1110" * 50, settings={"learning_rate": 1e-3}),
    result("taught", "1111" * 50, compare_with="fast", rung=1),
    result("fast", "1110" * 50, rung=1),
    result("base", "1110" * 50, rung=1),
]


@pytest.fixture
def study(tmp_path):
    """One whose runs' folders are gone: its results are kept in docs/study.json."""
    experiments, documents = tmp_path / "experiments", tmp_path / "docs"
    experiments.mkdir()
    documents.mkdir()
    (experiments / "base.toml").write_text('question = "baseline"')
    (experiments / "rungs.toml").write_text(RUNGS)
    kept = {"results": [each.as_json() for each in RESULTS]}
    (documents / "study.json").write_text(json.dumps(kept))
    return Study(experiments, tmp_path / "runs", load_design(experiments), {})


def test_all_is_written_from_what_is_kept_of_runs_that_are_gone(study, tmp_path):
    write_report(study, tmp_path / "docs")
    text = (tmp_path / "docs" / "study.md").read_text()
    assert "## Rung 0: a third of the comments\n" in text
    assert "## Rung 1\n" in text
    assert "| rate | fast | learning_rate 0.001 | 1 | 75.00 ± 3.07 |" in text
    # By comment 0, 0.5, 0.5, 0 against the mean of the baseline's seeds: a deviation of 0.25.
    assert " | **+25.00 ± 1.77** |" in text
    assert json.loads((tmp_path / "docs" / "study.json").read_text())["results"]


def test_the_same_results_give_the_same_bytes(study, tmp_path):
    documents = tmp_path / "docs"
    names = ("study.json", "study.md", "study.png")
    write_report(study, documents)
    first = [(documents / name).read_bytes() for name in names]
    write_report(study, documents)
    assert [(documents / name).read_bytes() for name in names] == first


def test_a_difference_to_another_than_the_baseline_names_it(study, tmp_path):
    write_report(study, tmp_path / "docs")
    text = (tmp_path / "docs" / "study.md").read_text()
    assert "| **+25.00 ± 3.07** to fast |" in text


def test_it_is_said_what_a_seed_alone_changes(study, tmp_path):
    first, second = write_report(study, tmp_path / "docs")
    assert "a standard deviation of 0.00 points (degrees of freedom: 1)" in first.note
    assert "is not known" in second.note


def test_who_went_on_is_in_the_document(study, tmp_path):
    decision = Decision(
        "fast", "rate", "base", difference=25.0, error=2.5, goes_on=True, why="place 1"
    )
    save_promotions(study.experiments, {1: Promotion((decision,), ("fast", "taught"))})
    write_report(study, tmp_path / "docs")
    text = (tmp_path / "docs" / "study.md").read_text()
    assert "## Who went on to rung 1\n" in text
    assert "| rate | fast | +25.00 ± 2.50 | yes | place 1 |" in text
    assert "the settings of fast, taught together" in text


def test_the_plot_has_a_row_for_each_difference(study, tmp_path):
    write_report(study, tmp_path / "docs")
    with Image.open(tmp_path / "docs" / "study.png") as few:
        height = few.height
    more = [*RESULTS, *(result(f"also-{number}", "1110" * 50) for number in range(8))]
    kept = {"results": [each.as_json() for each in more]}
    (tmp_path / "docs" / "study.json").write_text(json.dumps(kept))
    write_report(study, tmp_path / "docs")
    with Image.open(tmp_path / "docs" / "study.png") as many:
        assert many.height > height


def test_without_any_result_it_is_said_what_to_do(study, tmp_path):
    with pytest.raises(StudyError, match="keeps no results; run some first"):
        write_report(study, tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()
