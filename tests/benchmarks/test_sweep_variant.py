"""What is started for a setting: by its files, without starting it."""

import json
import zipfile

import yaml

from archive.inputs import REPOSITORY
from benchmarks.sweep.run import distinct
from benchmarks.sweep.setting import COMMITTED, Setting
from benchmarks.sweep.settings import settings_for
from benchmarks.sweep.variant import Variant

DELIVERED = Setting(lever=COMMITTED, name=COMMITTED)


def files_of(archive):
    with zipfile.ZipFile(archive) as files:
        return {name: files.read(name) for name in files.namelist()}


def test_what_is_delivered_is_served_as_it_is(setup):
    variant = Variant.of(DELIVERED, setup)
    assert variant.properties == (REPOSITORY / "config.properties").read_text()
    assert variant.archive(setup) == setup.archive
    assert variant.workers == 2


def test_another_batch_size_changes_one_file_of_the_archive(setup):
    setting = Setting(lever="batchSize", name="batchSize 4", serving={"batchSize": 4})
    delivered = files_of(setup.archive)
    made = files_of(Variant.of(setting, setup).archive(setup))
    assert made.keys() == delivered.keys()
    assert [name for name in made if made[name] != delivered[name]] == ["model-config.yaml"]
    expected = {**yaml.safe_load(delivered["model-config.yaml"]), "batchSize": 4}
    assert yaml.safe_load(made["model-config.yaml"]) == expected


def test_another_handler_is_named_by_the_manifest_and_lies_beside_the_delivered_one(setup):
    setting = Setting(lever="a", name="a", handler="async_handler")
    made = files_of(Variant.of(setting, setup).archive(setup))
    assert json.loads(made["MAR-INF/MANIFEST.json"])["model"]["handler"] == "async_handler.py"
    assert {"async_handler.py", "goemotions_handler.py"} <= made.keys()


def test_a_setting_that_comes_to_what_is_delivered_is_measured_once(setup):
    same = setup.serving["batchSize"]
    settings = [
        DELIVERED,
        Setting(lever="batchSize", name="the same", serving={"batchSize": same}),
        Setting(lever="batchSize", name="another", serving={"batchSize": same + 1}),
        Setting(lever="workers and threads", name="2 x 1", workers=2),
        Setting(lever="heap", name="no -Xmx", vmargs=("-Xmx",)),
    ]
    bound = "-Xmx" in (REPOSITORY / "config.properties").read_text()
    names = [COMMITTED, "another"] + (["no -Xmx"] if bound else [])
    assert list(distinct(settings, setup)) == names


def test_every_lever_has_a_value_beside_the_delivered_one(setup):
    settings = settings_for(setup.cores)
    kept = {setting.lever for setting, _ in distinct(settings, setup).values()}
    assert kept == {setting.lever for setting in settings}
