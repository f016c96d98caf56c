"""The version in the manifest of an archive."""

import json
import zipfile

import pytest

from archive.version import MANIFEST, archive_version
from goemotions.errors import GoEmotionsError


def archive_saying(folder, manifest):
    archive = folder / "some.mar"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr(MANIFEST, manifest)
    return archive


def named(name, version):
    return json.dumps({"model": {"modelName": name, "modelVersion": version}})


@pytest.mark.parametrize("version", ["1.1.0", "2", "2026-11-24_a+b"])
def test_the_version_is_the_manifests(version, tmp_path):
    assert archive_version(archive_saying(tmp_path, named("goemotions", version))) == version


@pytest.mark.parametrize("version", ["", "../1", "1/2", "a b", ".1", "1\n"])
def test_a_version_that_can_not_name_a_file_is_refused(version, tmp_path):
    with pytest.raises(GoEmotionsError, match="a version is letters"):
        archive_version(archive_saying(tmp_path, named("goemotions", version)))


def test_another_model_is_named(tmp_path):
    with pytest.raises(GoEmotionsError, match="holds the model other"):
        archive_version(archive_saying(tmp_path, named("other", "1")))


@pytest.mark.parametrize("manifest", ["", "[]", "{}", '{"model": 1}', '{"model": {}}'])
def test_a_manifest_that_says_nothing_is_no_archives(manifest, tmp_path):
    with pytest.raises(GoEmotionsError, match="no archive of torch-model-archiver"):
        archive_version(archive_saying(tmp_path, manifest))


def test_a_file_that_is_no_archive_is_refused(tmp_path):
    file = tmp_path / "some.mar"
    file.write_text("no zip")
    with pytest.raises(GoEmotionsError, match="make package"):
        archive_version(file)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(OSError, match=r"none\.mar"):
        archive_version(tmp_path / "none.mar")
