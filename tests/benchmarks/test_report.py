"""The medians, tables, goals and files of a run."""

import json
import re

import pandas as pd
import pytest

from benchmarks.contenders.lineup import CONTENDERS
from benchmarks.report.about import headline
from benchmarks.report.goals import GOALS
from benchmarks.report.medians import Spread
from benchmarks.report.results import draw_plots, write_figures
from benchmarks.report.tables import tables_of
from tests.benchmarks.made_up import ABOUT, full_record, measurement, record, turn


def test_a_figure_is_the_median_of_the_rounds_with_the_lowest_and_the_highest():
    rounds = [turn(measurement(per_second=rate)) for rate in (410, 400, 450)]
    assert record(service=rounds).medians().load("service", 16, "per_second") == Spread(
        410, 400, 450
    )


@pytest.mark.parametrize("made", [record(), record(service=[turn(measurement())])])
def test_a_figure_that_was_not_measured_is_none(made):
    medians = made.medians()
    assert medians.load("service", 256, "per_second") is None
    assert medians.load("flask", 16, "per_second") is None
    assert medians.state("flask", "start_seconds") is None


def test_every_table_is_a_table_in_markdown():
    tables = tables_of(full_record(), judged=True)
    assert len(tables) == 7
    for table in tables:
        title, _, header, ruler, *rows = table.as_markdown().rstrip("\n").split("\n")
        assert title == f"**{table.title}**"
        assert re.fullmatch(r"\| --- \|( ---: \|)+", ruler)
        assert len({line.count("|") for line in (header, ruler, *rows)}) == 1
        assert len(rows) == len(table.rows)


def test_the_first_table_has_each_contender_with_its_ratio():
    throughput = tables_of(full_record(), judged=False)[0]
    assert [row[0] for row in throughput.rows] == [each.name for each in CONTENDERS]
    ours, flask = throughput.rows[0], throughput.rows[1]
    assert ours[-1] == "1.00 x"
    assert flask[-1] == "0.67 x"  # of the medians 100 and 150
    assert ours[2] == "100 (50-150)"


def test_memory_counts_shared_pages_once_if_the_system_tells():
    _, _, costs = tables_of(record(service=[turn(measurement(), resident_mib=900)]), judged=False)
    cells = dict(zip(costs.header, costs.rows[0], strict=True))
    assert (cells["memory, MiB"], cells["resident, MiB"]) == ("800", "900")


def test_what_was_not_measured_has_no_table_and_no_row():
    tables = tables_of(record(flask=[turn(measurement())]), judged=True)
    assert [len(table.rows) for table in tables] == [1, 1, 1]


def test_a_quick_run_judges_no_figure():
    assert "Goals" in {table.title for table in tables_of(full_record(), judged=True)}
    assert "Goals" not in {table.title for table in tables_of(full_record(), judged=False)}


def goal_record():
    def one(rate_16, rate_64, p50_1, p99_16):
        loads = (
            measurement(1, 70, p50_ms=p50_1),
            measurement(16, rate_16, p99_ms=p99_16),
            measurement(64, rate_64),
        )
        return [turn(*loads, start_seconds=9.5, resident_mib=1000)]

    return record(
        service=one(420, 430, 7, 60),
        flask=one(84, 80, 14, 300),
        litserve=one(120, 130, 15, 240),
        infinity_torch=one(140, 140, 19, 400),
        bare=one(440, 440, 6, 30),
    )


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("16 clients, as a multiple of Flask", 420 / 84),
        ("16 clients, as a multiple of the best peer", 420 / 140),
        ("64 clients, as a share of the bare encoder", 430 / 440),
        ("p50 at 1 client, as a share of Flask", 7 / 14),
        ("p99 at 16 clients, as a share of the best peer", 60 / 240),
        ("seconds from start", 9.5),
        ("GB resident", 1000 * 1024**2 / 1e9),
    ],
)
def test_a_goal_compares_figures_of_the_same_run(words, expected):
    (goal,) = [goal for goal in GOALS if words in goal.about]
    made = goal_record()
    found = goal.find(made, made.medians())
    assert found == pytest.approx(expected)
    assert goal.is_met(found)


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: goal.about)
def test_a_goal_is_missed_on_its_wrong_side_and_without_figures(goal):
    assert goal.is_met(goal.wanted)
    assert not goal.is_met(goal.wanted * (1.01 if goal.at_most else 0.99))
    assert goal.find(record(), record().medians()) is None


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made, folder = full_record(), tmp_path_factory.mktemp("results")
    made.failures["infinity-onnx"] = "there is no environment"
    write_figures(folder, made, tables_of(made, judged=True))
    draw_plots(folder, made)
    return folder


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
    expected = full_record().frames()["measurements"]
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
    write_figures(tmp_path, record(), tables_of(record(), judged=True))
    draw_plots(tmp_path, record())
    assert {file.name for file in tmp_path.iterdir()} == {"results.json", "table.md"}
