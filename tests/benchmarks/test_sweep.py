"""The settings of a sweep, what each is started with, and its place in a document."""

import re
import zipfile
from dataclasses import replace

import pytest
import yaml

from archive.inputs import REPOSITORY
from benchmarks.contenders.torchserve import delivered_properties, write_properties
from benchmarks.errors import BenchmarkError
from benchmarks.report.about import headline
from benchmarks.report.record import BenchRecord
from benchmarks.report.results import write_figures
from benchmarks.sweep.document import BEGIN, END, put_into, read_sweep, setting_tables
from benchmarks.sweep.settings import choose_settings, settings_for
from benchmarks.sweep.variant import (
    COMMITTED,
    SweepSetting,
    Variant,
    contender_of,
    distinct,
    merge_vmargs,
    with_serving,
)
from service.management import Management
from tests.benchmarks.made_up import ABOUT, measurement, turn

DOCUMENT = (REPOSITORY / "docs" / "tuning.md").read_text()
DELIVERED = SweepSetting(COMMITTED, COMMITTED)


def test_properties_are_read_without_the_comments_about_them_and_written_again(tmp_path):
    delivered = delivered_properties()
    assert delivered["async_logging"] == "false"
    assert delivered["vmargs"].startswith("-X")  # whole, though it has further equals signs
    file = write_properties(
        tmp_path / "some.properties", {"vmargs": "-Da=b", "job_queue_size": "9"}
    )
    assert file.read_text() == "vmargs=-Da=b\njob_queue_size=9\n"


@pytest.mark.parametrize(
    ("delivered", "own", "expected"),
    [
        ("", "-Xmx64m", "-Xmx64m"),
        ("-Xmx128m -Xms32m", "-Xmx64m", "-Xms32m -Xmx64m"),
        ("-Xmx128m -Xms32m", "-Xmx", "-Xms32m"),  # no bound
        ("-XX:+UseSerialGC -Xmx128m", "-XX:+UseG1GC", "-Xmx128m -XX:+UseG1GC"),
        ("-XX:TieredStopAtLevel=1", "-XX:ActiveProcessorCount=1", None),
        (
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:-ExitOnOutOfMemoryError",
            "-XX:-ExitOnOutOfMemoryError",
        ),
        ("-Da.b.c=1 -Da.b.d=2", "-Da.b.c=3", "-Da.b.d=2 -Da.b.c=3"),
    ],
)
def test_an_argument_of_the_jvm_takes_the_place_of_its_like(delivered, own, expected):
    merged = merge_vmargs(delivered.split(), own.split())
    assert " ".join(merged) == (f"{delivered} {own}" if expected is None else expected)


def test_the_handlers_settings_are_changed_one_by_one():
    delivered = {"batchSize": 8, "handler": {"threads": 1, "run_tokens": 160}}
    changed = with_serving(delivered, {"handler": {"threads": 2}})
    assert changed == {"batchSize": 8, "handler": {"threads": 2, "run_tokens": 160}}
    assert delivered["handler"] == {"threads": 1, "run_tokens": 160}


@pytest.mark.parametrize("cores", [1, 2, 8])
def test_the_settings_have_names_of_their_own_and_change_something_but_the_delivered_one(cores):
    delivered, *others = settings_for(cores)
    names = [delivered.name, *(setting.name for setting in others)]
    assert len(set(names)) == len({contender_of(each).key for each in (delivered, *others)})
    assert len(set(names)) == len(names)
    assert delivered.lever == delivered.name == COMMITTED
    assert COMMITTED not in {setting.lever for setting in others}
    changes = ("properties", "vmargs", "serving", "workers", "env")
    for setting in others:
        assert [name for name in changes if getattr(setting, name)], setting.name


def test_a_lever_is_taken_with_what_is_delivered_and_a_quick_sweep_has_two_settings():
    chosen = choose_settings(["heap"], quick=False)
    assert {setting.lever for setting in chosen} == {COMMITTED, "heap"}
    assert [each.name for each in choose_settings(None, quick=True)] == [
        *(COMMITTED, "large JVM, 2 ms")
    ]
    words = "no lever is called magic; known are as delivered, batchSize,"
    with pytest.raises(BenchmarkError, match=words):
        choose_settings(["magic"], quick=False)


def files_of(archive):
    with zipfile.ZipFile(archive) as files:
        return {name: files.read(name) for name in files.namelist()}


def test_another_batch_size_changes_one_file_of_the_archive_and_no_setting_none(setup):
    variant = Variant.of(DELIVERED, setup)
    assert variant.properties == delivered_properties()
    assert variant.archive(setup) == setup.archive
    assert variant.workers == 2

    setting = SweepSetting("batchSize", "batchSize 4", serving={"batchSize": 4})
    delivered = files_of(setup.archive)
    made = files_of(Variant.of(setting, setup).archive(setup))
    assert made.keys() == delivered.keys()
    assert [name for name in made if made[name] != delivered[name]] == ["model-config.yaml"]
    expected = {**yaml.safe_load(delivered["model-config.yaml"]), "batchSize": 4}
    assert yaml.safe_load(made["model-config.yaml"]) == expected


def test_a_setting_that_comes_to_what_is_delivered_is_measured_once(setup):
    same = setup.serving["batchSize"]
    settings = [
        DELIVERED,
        SweepSetting("batchSize", "the same", serving={"batchSize": same}),
        SweepSetting("batchSize", "another", serving={"batchSize": same + 1}),
        SweepSetting(lever="workers and threads", name="2 x 1", workers=2),
        SweepSetting("heap", "no -Xmx", vmargs=("-Xmx",)),
    ]
    bound = "-Xmx" in (REPOSITORY / "config.properties").read_text()
    names = [COMMITTED, "another"] + (["no -Xmx"] if bound else [])
    assert [setting.name for setting in distinct(settings, setup)] == names


def test_every_lever_has_a_value_beside_the_delivered_one_and_is_in_the_document(setup):
    settings = settings_for(setup.cores)
    levers = {setting.lever for setting in settings}
    assert {setting.lever for setting in distinct(settings, setup)} == levers
    levers -= {COMMITTED, "together"}
    assert [lever for lever in sorted(levers) if lever.lower() not in DOCUMENT.lower()] == []
    assert re.search(re.escape(BEGIN) + r".*?" + re.escape(END), DOCUMENT, re.DOTALL)


@pytest.mark.server
def test_a_started_service_has_every_setting(real_setup):
    setting = SweepSetting(
        "all",
        "all at once",
        properties={"number_of_netty_threads": "1"},
        vmargs=("-Xmx96m", "-XX:+UseSerialGC"),
        serving={"batchSize": 3, "maxBatchDelay": 1},
        workers=1,
        env={"MALLOC_ARENA_MAX": "1"},
    )
    with contender_of(setting).launch(real_setup, {}) as server:
        version = Management(server.record.instance).default_version()
        processes = server.record.processes()
        (worker,) = processes.workers
        assert version.batch_size == 3
        assert version.ready_workers == 1
        assert {"-Xmx96m", "-XX:+UseSerialGC"} <= set(processes.server.cmdline())
        assert worker.environ()["MALLOC_ARENA_MAX"] == "1"
        assert server.labels(["I love this"]) == ["love"]
    assert server.record.processes().all == ()


@pytest.fixture
def record():
    """Three turns of what is delivered, one of two values of a lever."""
    contenders = tuple(contender_of(setting) for setting in settings_for(2))
    made = BenchRecord(ABOUT | {"basis": {"cores": 2}}, contenders)
    for number in (1, 2, 3):
        made.turns["as-delivered", number] = two_loads(100.0 * number, idle_percent=0.4)
    made.turns["batchSize-16", 1] = two_loads(220.0)
    made.turns["batchSize-32", 1] = two_loads(150.0)
    made.failures["2 x 2"] = "it answered nothing to 64 clients"
    return made


def two_loads(per_second, idle_percent=None):
    loads = [measurement(n, per_second, p50_ms=1000 / per_second) for n in (1, 64)]
    return turn(*loads, idle_percent=idle_percent)


def test_the_table_has_each_setting_that_was_measured_with_its_ratio(record):
    (table,) = setting_tables(record)
    cells = [dict(zip(table.header, row, strict=True)) for row in table.rows]
    assert [row["setting"] for row in cells] == [COMMITTED, "batchSize 16", "batchSize 32"]
    assert cells[0]["comments/s, 64"] == "200 (100-300)"
    assert [row["ratio at 64"] for row in cells] == ["1.00", "1.10", "0.75"]
    assert [row["idle, % of a core"] for row in cells] == ["0.40", "-", "-"]
    assert [row["turns"] for row in cells] == ["3", "1", "1"]


def test_the_short_table_has_of_each_lever_what_answered_most_and_none_is_without_a_turn(record):
    (table,) = setting_tables(record, short=True)
    assert [row[0] for row in table.rows] == [COMMITTED, "batchSize 16"]
    assert setting_tables(replace(record, turns={})) == []


def test_what_a_sweep_has_written_is_read_again(record, tmp_path):
    write_figures(tmp_path, record, setting_tables(record))
    again = read_sweep(tmp_path)
    assert again.turns == record.turns
    assert again.about == record.about
    assert setting_tables(again) == setting_tables(record)


@pytest.mark.parametrize("content", [None, "", "{}", '{"about": {}, "turns": [{}]}'])
def test_a_folder_without_a_sweep_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "results.json").write_text(content)
    with pytest.raises(BenchmarkError, match=r"results\.json holds no sweep"):
        read_sweep(tmp_path)


def test_a_document_keeps_what_is_around_the_figures_and_all_without_the_marks(record, tmp_path):
    document = tmp_path / "tuning.md"
    document.write_text(f"# Tuning\n\nBefore.\n\n{BEGIN}\nold\n{END}\n\nAfter.\n")
    put_into(document, record)
    once = document.read_text()
    put_into(document, record)
    assert document.read_text() == once
    assert once.startswith(f"# Tuning\n\nBefore.\n\n{BEGIN}\n")
    assert once.endswith(f"\n{END}\n\nAfter.\n")
    assert "old" not in once
    assert "| batchSize 16 |" in once
    assert "batchSize 32" not in once
    assert "Not measured: 2 x 2: it answered nothing to 64 clients" in once
    assert headline(ABOUT) in once
    for name in re.findall(r"\]\((figures/.*?)\)", once):
        assert "batchSize-32" in (tmp_path / name).read_text()
    document.write_text("# Other\n")
    with pytest.raises(BenchmarkError, match="has no lines"):
        put_into(document, record)
    assert document.read_text() == "# Other\n"
