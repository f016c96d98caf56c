"""The study's page, its results and its plot are written from runs and from what is kept."""

import json

import pytest
from PIL import Image

from tests.training.study_results import result
from training.errors import StudyError
from training.study.design import load_design
from training.study.report import write_report

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
def report(tmp_path):
    """Writes the report of a study whose runs' folders are gone; returns its folder."""
    experiments, documents = tmp_path / "experiments", tmp_path / "docs"
    experiments.mkdir()
    documents.mkdir()
    (experiments / "base.toml").write_text('question = "baseline"')
    (experiments / "rungs.toml").write_text(RUNGS)

    def write(results):
        kept = {"results": [each.as_json() for each in results]}
        (documents / "study.json").write_text(json.dumps(kept))
        write_report(load_design(experiments), tmp_path / "runs", documents)
        return documents

    return write


def test_all_is_written_from_what_is_kept_of_runs_that_are_gone(report):
    folder = report(RESULTS)
    text = (folder / "study.md").read_text()
    assert "## Rung 0: a third of the comments\n" in text
    assert "## Rung 1\n" in text
    assert "| rate | fast | learning_rate 0.001 | 1 | 75.00 ± 3.07 |" in text
    # By comment 0, 0.5, 0.5, 0 against the mean of the baseline's seeds: a deviation of 0.25.
    assert " | **+25.00 ± 1.77** | 0.500 | 1 average | 6.0 |" in text
    assert json.loads((folder / "study.json").read_text())["results"]


@pytest.mark.weights  # many plots
def test_the_same_results_give_the_same_bytes(report):
    names = ("study.json", "study.md", "study.png")
    first, second = ([(report(RESULTS) / name).read_bytes() for name in names] for _ in range(2))
    assert second == first


def test_a_difference_to_another_than_the_baseline_names_it(report):
    assert "| **+25.00 ± 3.07** to fast |" in (report(RESULTS) / "study.md").read_text()


def test_it_is_said_what_a_seed_alone_changes(report):
    _, first, second = (report(RESULTS) / "study.md").read_text().split("\n## ")
    assert "a standard deviation of 0.00 points (degrees of freedom: 1)" in first
    assert "is not known" in second


def test_the_plot_has_a_row_for_each_difference(report):
    more = [result(f"also-{number}", "1110" * 50) for number in range(8)]
    heights = []
    for results in (RESULTS, [*RESULTS, *more]):
        with Image.open(report(results) / "study.png") as image:
            heights.append(image.height)
    assert heights[0] < heights[1]


def test_without_any_result_it_is_said_what_to_do(tmp_path):
    with pytest.raises(StudyError, match="keeps no results; run some first"):
        write_report(load_design(), tmp_path / "runs", tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()
