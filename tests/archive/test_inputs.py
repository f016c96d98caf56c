"""The inputs of an archive, which make it stale, and decide between int8 and float32."""

import json

import pytest

import archive.inputs
from archive.build import is_current
from archive.inputs import MODEL_FILES, ArchiveInputs
from archive.plan import Quantize
from archive.quantization_cost import write_record
from goemotions.errors import ModelFolderError
from goemotions.quantization import Quantization


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A small repository with the folders that an archive is made from, and a model."""
    for folder in ("handler/goemotions", "archive", "model"):
        (tmp_path / folder).mkdir(parents=True)
    for file in ("handler/model-config.yaml", "handler/goemotions/labels.txt", "archive/build.py"):
        (tmp_path / file).write_text("")
    for name in MODEL_FILES:
        (tmp_path / "model" / name).write_text('{"goemotions": {"version": "1.2.3"}}')
    monkeypatch.setattr(archive.inputs, "REPOSITORY", tmp_path)
    monkeypatch.setattr(archive.inputs, "HANDLER", tmp_path / "handler")
    monkeypatch.setattr(archive.inputs, "ARCHIVE", tmp_path / "archive")
    return tmp_path


def digest(repository):
    return ArchiveInputs.find(repository / "model").digest()


@pytest.mark.parametrize(
    "file",
    [
        "archive/build.py",
        "archive/a_new_file.py",
        "archive/a_folder/a_new_file.toml",
        "handler/model-config.yaml",
        "handler/goemotions/labels.txt",
        "handler/goemotions/a_new_file.py",
        "model/config.json",
        "model/model.safetensors",
        "model/tokenizer.json",
    ],
)
def test_every_file_that_is_added_or_changed_changes_the_digest(file, repository):
    before = digest(repository)
    (repository / file).parent.mkdir(exist_ok=True)
    (repository / file).write_text('{"changed": 1}')
    assert digest(repository) != before


def test_a_file_that_is_renamed_or_removed_changes_the_digest(repository):
    digests = {digest(repository)}
    (repository / "archive/build.py").rename(repository / "archive/made.py")
    digests.add(digest(repository))
    (repository / "archive/made.py").unlink()
    digests.add(digest(repository))
    assert len(digests) == 3


@pytest.mark.parametrize(
    "file",
    [
        "archive/__pycache__/build.cpython-311.pyc",
        "handler/goemotions/__pycache__/answer.cpython-311.pyc",
        "model/README.md",
        "service/start.py",
    ],
)
def test_what_is_not_built_from_leaves_the_digest(file, repository):
    before = digest(repository)
    (repository / file).parent.mkdir(exist_ok=True)
    (repository / file).write_text("changed")
    assert digest(repository) == before


def test_the_folders_are_those_of_this_repository():
    assert archive.inputs.ARCHIVE.is_dir()
    assert (archive.inputs.HANDLER / "goemotions_handler.py").is_file()


def test_unchanged_inputs_need_no_new_archive(built, model_files):
    assert is_current(built, ArchiveInputs.find(model_files))


def test_quantising_needs_a_new_archive(built, model_files):
    assert not is_current(built, ArchiveInputs.find(model_files, Quantize.INT8))


@pytest.mark.parametrize("name", MODEL_FILES)
def test_a_changed_model_needs_a_new_archive(name, built, model_files):
    (model_files / name).write_text("other")
    assert not is_current(built, ArchiveInputs.find(model_files))


def test_a_missing_archive_is_not_current(built, model_files):
    built.unlink()
    assert not is_current(built, ArchiveInputs.find(model_files))


@pytest.mark.parametrize(
    ("loss", "quantize"), [(0.0, Quantize.INT8), (0.006, Quantize.NONE), (None, Quantize.NONE)]
)
def test_without_a_wish_it_is_int8_if_the_model_folder_records_that_it_costs_little(
    loss, quantize, model_files
):
    if loss is not None:
        write_record(model_files, Quantization("int8", 100, 0.6 - loss, 0.6, 0.02))
    assert ArchiveInputs.find(model_files).quantize is quantize


def test_a_record_of_other_weights_counts_for_nothing(model_files):
    write_record(model_files, Quantization("int8", 100, 0.6, 0.6, 0.02))
    (model_files / "model.safetensors").write_text("other weights")
    assert ArchiveInputs.find(model_files).quantize is Quantize.NONE


def test_what_can_not_be_served_in_int8_stays_in_float32(model_files):
    config = {"model_type": "roberta", "goemotions": {"version": "1.2.3"}}
    (model_files / "config.json").write_text(json.dumps(config))
    write_record(model_files, Quantization("int8", 100, 0.6, 0.6, 0.02))
    assert ArchiveInputs.find(model_files).quantize is Quantize.NONE


def test_a_record_that_can_not_be_read_is_named(model_files):
    (model_files / "quantization.json").write_text("{}")
    with pytest.raises(ModelFolderError, match=r"quantization\.json: .*make train"):
        ArchiveInputs.find(model_files)
