"""A model folder without a model."""

import json

import pytest

from archive.inputs import MODEL_FILES


@pytest.fixture
def model_files(tmp_path):
    """A model folder, as far as the digest of an archive's inputs looks at it."""
    folder = tmp_path / "model-files"
    folder.mkdir()
    config = {"model_type": "bert", "goemotions": {"version": "1.2.3"}}
    for name in MODEL_FILES:
        (folder / name).write_text(json.dumps(config))
    return folder
