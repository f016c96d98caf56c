"""The archive that `make package` builds."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from archive.build import build_archive, is_current
from archive.checksum import checksum_file
from archive.files import stage_files
from archive.inputs import (
    HANDLER,
    MODEL_FILES,
    REPOSITORY,
    ArchiveInputs,
    ModelFolderError,
)
from archive.plan import Quantize
from archive.quantization_cost import read_record, write_record
from goemotions.quantization import Quantization

MODEL = REPOSITORY / os.environ.get("MODEL", "model")

# What TorchServe's worker does with an archive, in a process whose path leads to it alone.
LOADED_BY_TORCHSERVE = """
import sys
from ts.metrics.metric_cache_yaml_impl import MetricsCacheYamlImpl
from ts.model_loader import ModelLoaderFactory

folder, metrics_config = sys.argv[1:]
metrics = MetricsCacheYamlImpl(config_file_path=metrics_config)
metrics.initialize_cache()
metrics.model_name = "goemotions"
service = ModelLoaderFactory.get_model_loader().load(
    "goemotions", folder, "goemotions_handler.py", None, 8, None, True, metrics
)
service.set_cl_socket(None)
body = {"name": "body", "value": b'{"comment": "I love this"}', "contentType": "application/json"}
reply = service.predict([{"requestId": b"one", "parameters": [body], "headers": []}])

import goemotions
print(goemotions.__file__)
print(bytes(reply))
"""


@pytest.fixture(scope="module")
def unpacked(archive, tmp_path_factory):
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    return folder


def files_in(folder):
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


def test_it_holds_the_handler_the_model_and_nothing_else(unpacked):
    expected = {
        **files_in(HANDLER),
        **{name: (MODEL / name).read_bytes() for name in ("config.json", "tokenizer.json")},
    }
    found = files_in(unpacked)
    # In int8, since the model folder says that it costs little.
    assert found.pop("quantization.json")
    assert Quantization.load(unpacked) == read_record(MODEL)
    assert found.pop("model.onnx")
    assert found.pop("MAR-INF/MANIFEST.json")
    assert found == expected


def test_its_manifest_names_the_handler_and_the_version_of_the_model(unpacked):
    manifest = json.loads((unpacked / "MAR-INF" / "MANIFEST.json").read_text())
    config = json.loads((MODEL / "config.json").read_text())
    assert manifest["model"] == {
        "modelName": "goemotions",
        "handler": "goemotions_handler.py",
        "modelVersion": config["goemotions"]["version"],
        "configFile": "model-config.yaml",
    }


def test_torchserve_s_own_loader_loads_it_and_it_predicts(unpacked):
    done = subprocess.run(
        [sys.executable, "-c", LOADED_BY_TORCHSERVE, unpacked, REPOSITORY / "metrics.yaml"],
        cwd=unpacked,
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *_, package, reply = done.stdout.splitlines()
    assert Path(package) == unpacked / "goemotions" / "__init__.py"
    assert '{"success": true, "prediction": "' in reply


def test_the_same_inputs_give_the_same_bytes(archive, tmp_path):
    again = tmp_path / "store" / "goemotions.mar"
    build_archive(ArchiveInputs.find(MODEL), again)
    assert again.read_bytes() == archive.read_bytes()


def test_its_sum_is_what_sha256sum_checks(archive):
    subprocess.run(
        ["sha256sum", "--check", "--strict", checksum_file(archive).name],
        cwd=archive.parent,
        check=True,
    )


def test_nothing_is_left_beside_it(archive):
    allowed = {archive.name, f"{archive.name}.sha256", f"{archive.name}.inputs"}
    assert allowed <= {file.name for file in archive.parent.iterdir()}
    assert not list(archive.parent.glob(".building-*"))


@pytest.fixture
def small_model(tmp_path):
    """A model folder as far as the digest of an archive's inputs looks at it."""
    folder = tmp_path / "model"
    folder.mkdir()
    for name in MODEL_FILES:
        (folder / name).write_text('{"goemotions": {"version": "1.2.3"}}')
    return folder


@pytest.fixture
def built(small_model, tmp_path):
    """An archive that stands for one built from the small model."""
    archive = tmp_path / "goemotions.mar"
    archive.touch()
    archive.with_name("goemotions.mar.inputs").write_text(
        ArchiveInputs.find(small_model).digest() + "\n"
    )
    return archive


def test_unchanged_inputs_need_no_new_archive(built, small_model):
    assert is_current(built, ArchiveInputs.find(small_model))


def test_quantising_needs_a_new_archive(built, small_model):
    assert not is_current(built, ArchiveInputs.find(small_model, Quantize.INT8))


@pytest.mark.parametrize("name", MODEL_FILES)
def test_a_changed_model_needs_a_new_archive(name, built, small_model):
    (small_model / name).write_text("other")
    assert not is_current(built, ArchiveInputs.find(small_model))


def test_float32_that_is_asked_for_carries_the_weights_too(tmp_path):
    inputs = ArchiveInputs.find(MODEL, Quantize.NONE)
    assert stage_files(inputs, tmp_path / "files") is None
    found = files_in(tmp_path / "files")
    assert found["model.safetensors"] == (MODEL / "model.safetensors").read_bytes()
    assert "quantization.json" not in found


@pytest.mark.parametrize(
    ("loss", "quantize"), [(0.0, Quantize.INT8), (0.006, Quantize.NONE), (None, Quantize.NONE)]
)
def test_without_a_wish_it_is_int8_where_the_model_folder_says_it_costs_little(
    loss, quantize, small_model
):
    config = {"model_type": "bert", "goemotions": {"version": "1.2.3"}}
    (small_model / "config.json").write_text(json.dumps(config))
    if loss is not None:
        write_record(small_model, Quantization("int8", 100, 0.6 - loss, 0.6, 0.02))
    assert ArchiveInputs.find(small_model).quantize is quantize


def test_a_record_of_other_weights_counts_for_nothing(small_model):
    write_record(small_model, Quantization("int8", 100, 0.6, 0.6, 0.02))
    (small_model / "model.safetensors").write_text("other weights")
    assert ArchiveInputs.find(small_model).quantize is Quantize.NONE


def test_what_can_not_be_served_in_int8_stays_in_float32(small_model):
    config = {"model_type": "roberta", "goemotions": {"version": "1.2.3"}}
    (small_model / "config.json").write_text(json.dumps(config))
    write_record(small_model, Quantization("int8", 100, 0.6, 0.6, 0.02))
    assert ArchiveInputs.find(small_model).quantize is Quantize.NONE


def test_a_record_that_can_not_be_read_is_named(small_model):
    (small_model / "quantization.json").write_text("{}")
    with pytest.raises(ModelFolderError, match=r"quantization\.json: .*make train"):
        ArchiveInputs.find(small_model)


def test_a_missing_archive_is_not_current(built, small_model):
    built.unlink()
    assert not is_current(built, ArchiveInputs.find(small_model))


def package(archive, model, *options):
    return subprocess.run(
        [sys.executable, "-m", "scripts.package", "--archive", str(archive), *options],
        cwd=REPOSITORY,
        env={**os.environ, "MODEL": str(model), "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_model_folder_without_weights_is_refused_in_one_line(small_model, tmp_path):
    (small_model / "model.safetensors").unlink()
    done = package(tmp_path / "goemotions.mar", small_model)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert f"no model.safetensors in the model folder {small_model}" in line
    assert "make train" in line


def test_a_model_without_a_version_is_refused_in_one_line(small_model, tmp_path):
    (small_model / "config.json").write_text("{}")
    done = package(tmp_path / "goemotions.mar", small_model)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "config.json names no version" in line


def test_a_start_leaves_an_altered_archive_to_its_check_where_packaging_would_mend_it(
    built, small_model
):
    done = package(built, small_model, "--keep-altered")
    assert (done.returncode, done.stdout) == (0, "")
