"""What a setting changes of the configuration that is delivered, and what it leaves alone."""

import pytest

from archive.inputs import REPOSITORY
from benchmarks.sweep.setting import (
    COMMITTED,
    merge_vmargs,
    property_of,
    with_properties,
    with_serving,
)
from benchmarks.sweep.settings import settings_for

PROPERTIES = """\
# async_logging=true is faster
async_logging=false

job_queue_size=2000
"""


def test_a_property_is_replaced_in_its_place():
    changed = with_properties(PROPERTIES, {"async_logging": "true"})
    assert changed == PROPERTIES.replace("\nasync_logging=false", "\nasync_logging=true")


def test_a_property_that_is_not_there_is_added_at_the_end():
    assert with_properties(PROPERTIES, {"vmargs": "-Xmx64m"}) == PROPERTIES + "vmargs=-Xmx64m\n"


def test_a_property_is_read_without_the_comments_about_it():
    assert property_of(PROPERTIES, "async_logging") == "false"
    assert property_of(PROPERTIES, "vmargs") == ""


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
def test_the_settings_have_names_of_their_own_and_begin_with_what_is_delivered(cores):
    settings = settings_for(cores)
    names = [setting.name for setting in settings]
    assert names[0] == COMMITTED
    assert len(set(names)) == len(names)
    assert [setting.lever for setting in settings if setting.lever == COMMITTED] == [COMMITTED]


def test_every_setting_but_the_delivered_one_says_what_it_changes():
    changes = ("properties", "vmargs", "serving", "handler", "workers", "env")
    for setting in settings_for(2)[1:]:
        named = [name for name in changes if getattr(setting, name)]
        assert named or setting.placement != "free", setting.name


def test_the_handler_that_a_setting_names_is_there():
    for setting in settings_for(2):
        if setting.handler:
            assert (REPOSITORY / "benchmarks" / "peers" / f"{setting.handler}.py").is_file()


def test_every_lever_stands_in_the_document_on_tuning():
    text = (REPOSITORY / "docs" / "tuning.md").read_text().lower()
    levers = {setting.lever for setting in settings_for(2)} - {COMMITTED, "together"}
    assert [lever for lever in sorted(levers) if lever.lower() not in text] == []
