"""A model folder without a model, and an archive without content."""

import json

import pytest

from archive.inputs import MODEL_FILES, ArchiveInputs


@pytest.fixture
def model_files(tmp_path):
    """A model folder, as far as the digest of an archive's inputs looks at it."""
    folder = tmp_path / "model-files"
    folder.mkdir()
    config = {"model_type": "bert", "goemotions": {"version": "1.2.3"}}
    for name in MODEL_FILES:
        (folder / name).write_text(json.dumps(config))
    return folder


@pytest.fixture
def built(model_files, tmp_path):
    """An archive that stands for one built from the model's files; it has no sum."""
    archive = tmp_path / "goemotions.mar"
    archive.touch()
    archive.with_name("goemotions.mar.inputs").write_text(
        ArchiveInputs.find(model_files).digest() + "\n"
    )
    return archive
