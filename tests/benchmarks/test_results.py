import json

import pandas as pd
import pytest

from benchmarks.about import headline
from benchmarks.results import draw_plots, write_figures
from tests.benchmarks.findings import ABOUT, full_record, record


@pytest.fixture
def folder(tmp_path):
    made = full_record()
    made.failures["infinity-onnx"] = "there is no environment"
    write_figures(tmp_path, made, judged=True)
    draw_plots(tmp_path, made)
    return tmp_path


def test_each_csv_says_first_where_it_was_measured(folder):
    files = list(folder.glob("*.csv"))
    assert {file.stem for file in files} == {
        *("measurements", "turns", "by_tokens", "by_workers", "by_rate")
    }
    for file in files:
        assert file.read_text().startswith(f"# {headline(ABOUT)}\n")
        assert len(pd.read_csv(file, comment="#")) > 0


def test_the_measurements_can_be_read_again(folder):
    frame = pd.read_csv(folder / "measurements.csv", comment="#")
    expected = full_record().measurements()
    pd.testing.assert_frame_equal(frame, expected, check_dtype=False)


def test_the_json_has_it_all(folder):
    document = json.loads((folder / "results.json").read_text())
    assert document["about"] == ABOUT
    assert len(document["turns"]) == 3 * len(document["contenders"])
    failed = {each["key"]: each["failure"] for each in document["contenders"]}
    assert failed["infinity-onnx"] == "there is no environment"
    assert failed["service"] is None


def test_the_markdown_says_where_it_was_measured_and_what_was_not(folder):
    text = (folder / "table.md").read_text()
    assert text.rstrip().endswith(f"{headline(ABOUT)}.")
    assert "Not measured: infinity-onnx: there is no environment" in text


@pytest.mark.parametrize("name", ["throughput", "latency", "growth"])
def test_a_plot_is_a_picture(folder, name):
    assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")


def test_a_run_broken_off_before_its_first_figure_leaves_files_without_figures(tmp_path):
    write_figures(tmp_path, record(), judged=True)
    draw_plots(tmp_path, record())
    assert {file.name for file in tmp_path.iterdir()} == {"results.json", "table.md"}
