"""The figures, tables, goals and files of a run."""

import json
import re
from dataclasses import asdict

import pandas as pd
import pytest

from archive.inputs import REPOSITORY
from benchmarks.contenders.contender import Contender, Role
from benchmarks.contenders.lineup import CONTENDERS
from benchmarks.report.about import headline
from benchmarks.report.frontier import own_archives, unbeaten
from benchmarks.report.goals import GOALS
from benchmarks.report.record import BenchRecord, DevHitRate
from benchmarks.report.results import draw_plots, write_figures
from benchmarks.report.tables import in_spread, tables_of
from goemotions.quantization import FILE, Quantization
from tests.benchmarks.made_up import ABOUT, full_record, measurement, record, turn


def table_of(made, title):
    """The rows of the one table with such a title, each by column; none if there is no table."""
    found = [table for table in tables_of(made, judged=True) if title in table.title]
    return [dict(zip(each.header, row, strict=True)) for each in found for row in each.rows]


def test_a_figure_is_the_median_of_the_rounds_with_the_lowest_and_the_highest_or_none():
    made = record(service=[turn(measurement(per_second=rate)) for rate in (410, 400, 450)])
    assert made.median("service", "per_second", 16) == 410
    assert in_spread(made.values("service", "per_second", 16)) == "410 (400-450)"
    for other in (made, record()):
        assert other.median("service", "per_second", 256) is None
        assert other.median("flask", "per_second", 16) is None
        assert other.median("flask", "start_seconds") is None
    assert in_spread([]) == "-"


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
    rows = table_of(full_record(), "Comments a second")
    assert [row["contender"] for row in rows] == [each.name for each in CONTENDERS]
    assert rows[0]["16"] == "100 (50-150)"
    assert [row["factor at 16"] for row in rows[:2]] == ["1.00 x", "0.67 x"]  # 100 and 150


def test_memory_counts_shared_pages_once_and_what_was_not_measured_has_no_table_and_no_row():
    made = record(flask=[turn(measurement(), resident_mib=900)])
    (row,) = table_of(made, "What it takes")
    assert (row["memory, MiB"], row["resident, MiB"]) == ("800", "900")
    tables = tables_of(made, judged=True)
    assert [len(table.rows) for table in tables] == [1, 1, 1]


def test_a_quick_run_judges_no_figure():
    assert table_of(full_record(), "Goals")
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
    found = goal.find(goal_record())
    assert found == pytest.approx(expected)
    assert goal.is_met(found)


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: goal.about)
def test_a_goal_is_missed_on_its_wrong_side_and_without_figures(goal):
    assert goal.is_met(goal.wanted)
    assert not goal.is_met(goal.wanted * (1.01 if goal.at_most else 0.99))
    assert goal.find(record()) is None


def own_record(**archives):
    """A record of this project's archives, each given as (hit rate, comments a second)."""
    contenders = [
        Contender(key, f"goemotions-serve, {key}", "made up", Role.OURS, None) for key in archives
    ]
    made = BenchRecord(ABOUT, tuple(contenders))
    for key, (hit_rate, per_second) in archives.items():
        made.turns[key, 1] = turn(measurement(1, 100), measurement(64, per_second))
        if hit_rate is not None:
            made.hit_rates[key] = DevHitRate(hit_rate, 0.0064)
    return made


def test_an_archive_is_beaten_by_a_faster_one_that_is_as_good_and_says_so():
    made = own_record(
        delivered=(0.67, 400),
        int8=(0.67, 500),
        student=(0.66, 700),
        slow=(0.65, 300),
        new=(None, 9),
    )
    archives = own_archives(made)
    assert [each.contender.key for each in archives] == ["delivered", "int8", "student", "slow"]
    assert [each.contender.key for each in unbeaten(archives)] == ["int8", "student"]


def test_the_archives_are_drawn_and_the_table_has_each_beside_the_first_but_not_one_alone(tmp_path):
    made = own_record(delivered=(0.67, 400), student=(0.664, 700))
    write_figures(tmp_path, made, tables_of(made, judged=True))
    draw_plots(tmp_path, made)
    assert (tmp_path / "frontier.png").read_bytes().startswith(b"\x89PNG")
    document = json.loads((tmp_path / "results.json").read_text())
    assert [each["quality"]["hit_rate"] for each in document["contenders"]] == [0.67, 0.664]

    row = table_of(made, "archives")[1]
    assert row["hit rate on dev"] == "66.40% (± 0.64%)"
    assert (row["points lost"], row["comments/s"]) == ("0.60", "700")
    assert (row["times as many"], row["beaten by none"]) == ("1.75 x", "yes")
    assert table_of(own_record(delivered=(0.67, 400)), "archives") == []


def test_the_quality_of_an_archive_is_what_its_model_or_its_quantised_encoder_reached(tmp_path):
    config = json.loads((REPOSITORY / "model" / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(config))
    dev = config["goemotions"]["quality"]["dev"]
    error = pytest.approx(dev["standard_error"], abs=0.0001)
    assert DevHitRate.of(tmp_path) == DevHitRate(dev["hit_rate"], error)

    config["goemotions"]["quality"] = {}
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert DevHitRate.of(tmp_path) is None

    quantization = Quantization("int8", 100, 0.64, 0.65, 0.02)
    (tmp_path / FILE).write_text(json.dumps(asdict(quantization)))
    assert DevHitRate.of(tmp_path) == DevHitRate(0.64, pytest.approx(0.048))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made, folder = full_record(), tmp_path_factory.mktemp("results")
    made.failures["infinity-onnx"] = "there is no environment"
    write_figures(folder, made, tables_of(made, judged=True))
    draw_plots(folder, made)
    return folder


def test_each_csv_says_first_where_it_was_measured_and_can_be_read_again(folder):
    expected = {name: rows for name, rows in full_record().rows().items() if rows}
    assert {file.stem for file in folder.glob("*.csv")} == {
        *("measurements", "turns", "by_tokens", "by_workers", "by_rate")
    }
    for name, rows in expected.items():
        file = folder / f"{name}.csv"
        assert file.read_text().startswith(f"# {headline(ABOUT)}\n")
        frame = pd.read_csv(file, comment="#")
        pd.testing.assert_frame_equal(frame, pd.DataFrame(rows), check_dtype=False)


def test_the_json_has_it_all(folder):
    document = json.loads((folder / "results.json").read_text())
    assert document["about"] == ABOUT
    assert len(document["turns"]) == 3 * len(document["contenders"])
    failed = {each["key"]: each["failure"] for each in document["contenders"]}
    assert failed["infinity-onnx"] == "there is no environment"
    assert failed["service"] is None


def test_the_markdown_says_where_it_was_measured_and_what_was_not_and_plots_are_pictures(folder):
    text = (folder / "table.md").read_text()
    assert text.rstrip().endswith(f"{headline(ABOUT)}.")
    assert "Not measured: infinity-onnx: there is no environment" in text
    for name in ("throughput", "latency", "growth"):
        assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")


def test_a_run_broken_off_before_its_first_figure_leaves_files_without_figures(tmp_path):
    write_figures(tmp_path, record(), tables_of(record(), judged=True))
    draw_plots(tmp_path, record())
    assert {file.name for file in tmp_path.iterdir()} == {"results.json", "table.md"}
