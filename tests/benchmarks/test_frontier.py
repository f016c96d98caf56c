"""This project's archives side by side: which is beaten, and what the table and the picture say."""

import json
from dataclasses import asdict

import pytest

from archive.inputs import REPOSITORY
from benchmarks.contenders.contender import Contender, Role
from benchmarks.report.frontier import frontier_table, own_archives, unbeaten
from benchmarks.report.record import BenchRecord, DevHitRate
from benchmarks.report.results import draw_plots, write_figures
from benchmarks.report.tables import tables_of
from goemotions.quantization import FILE, Quantization
from tests.benchmarks.made_up import ABOUT, measurement, turn


def record(**archives):
    """A record of archives, each given as (hit rate, comments a second)."""
    contenders = [
        Contender(key, f"goemotions-serve, {key}", "made up", Role.OURS, None, start_seconds=1)
        for key in archives
    ]
    made = BenchRecord(ABOUT, tuple(contenders))
    for key, (hit_rate, per_second) in archives.items():
        made.turns[key, 1] = turn(measurement(1, 100), measurement(64, per_second))
        if hit_rate is not None:
            made.hit_rates[key] = DevHitRate(hit_rate, 0.0064)
    return made


def best_of(made):
    return [each.contender.key for each in unbeaten(own_archives(made, made.medians()))]


def test_an_archive_is_beaten_by_a_faster_one_that_is_as_good():
    made = record(delivered=(0.67, 400), int8=(0.67, 500), student=(0.66, 700), slow=(0.65, 300))
    assert best_of(made) == ["int8", "student"]


def test_an_archive_that_does_not_say_how_good_it_is_has_no_place():
    made = record(delivered=(0.67, 400), student=(0.66, 700), unknown=(None, 900))
    assert best_of(made) == ["delivered", "student"]
    assert len(own_archives(made, made.medians())) == 2


def test_one_archive_alone_has_no_table():
    made = record(delivered=(0.67, 400))
    assert frontier_table(made, made.medians()).rows == []
    assert not any("archives" in table.title for table in tables_of(made, judged=False))


def test_the_table_says_what_each_costs_and_gives_beside_the_first():
    made = record(delivered=(0.67, 400), student=(0.664, 700))
    table = frontier_table(made, made.medians())
    cells = dict(zip(table.header, table.rows[1], strict=True))
    assert cells["hit rate on dev"] == "66.40% (± 0.64%)"
    assert cells["points lost"] == "0.60"
    assert cells["comments/s"] == "700"
    assert cells["times as many"] == "1.75 x"
    assert cells["beaten by none"] == "yes"


def test_the_archives_are_drawn_and_their_quality_is_written(tmp_path):
    made = record(delivered=(0.67, 400), student=(0.66, 700))
    write_figures(tmp_path, made, tables_of(made, judged=True))
    draw_plots(tmp_path, made)
    assert (tmp_path / "frontier.png").read_bytes().startswith(b"\x89PNG")
    document = json.loads((tmp_path / "results.json").read_text())
    assert [each["quality"]["hit_rate"] for each in document["contenders"]] == [0.67, 0.66]


@pytest.fixture
def folder(tmp_path):
    """An unpacked archive, as far as its quality goes."""
    (tmp_path / "config.json").write_bytes((REPOSITORY / "model" / "config.json").read_bytes())
    return tmp_path


def test_the_quality_of_an_archive_is_what_its_model_reached_on_dev(folder):
    dev = json.loads((folder / "config.json").read_text())["goemotions"]["quality"]["dev"]
    quality = DevHitRate.of(folder)
    assert quality.hit_rate == dev["hit_rate"]
    assert quality.standard_error == pytest.approx(dev["standard_error"], abs=0.0001)


def test_the_quality_of_a_quantised_archive_is_that_of_its_own_encoder(folder):
    quantization = Quantization("int8", 100, 0.64, 0.65, 0.02)
    (folder / FILE).write_text(json.dumps(asdict(quantization)))
    assert DevHitRate.of(folder) == DevHitRate(0.64, pytest.approx(0.048))


def test_a_model_that_was_not_evaluated_has_no_quality(folder):
    config = json.loads((folder / "config.json").read_text())
    config["goemotions"]["quality"] = {}
    (folder / "config.json").write_text(json.dumps(config))
    assert DevHitRate.of(folder) is None
