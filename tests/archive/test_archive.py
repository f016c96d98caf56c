"""The archive that `make package` builds."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from archive.build import build_archive
from archive.checksum import checksum_file
from archive.export_onnx import export_onnx
from archive.files import stage_files
from archive.inputs import HANDLER, REPOSITORY, ArchiveInputs
from archive.plan import Quantize
from archive.quantization_cost import read_record
from goemotions.quantization import Quantization
from tests.artefacts import TRAINED

pytestmark = pytest.mark.weights

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


def files_in(folder):
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


def test_it_holds_the_handler_the_model_and_nothing_else(unpacked):
    expected = {
        **files_in(HANDLER),
        **{name: (TRAINED / name).read_bytes() for name in ("config.json", "tokenizer.json")},
    }
    found = files_in(unpacked)
    # In int8, since the model folder records that it costs little.
    assert found.pop("served_quantization.json")
    assert Quantization.load(unpacked) == read_record(TRAINED)
    assert found.pop("model.onnx")
    assert found.pop("MAR-INF/MANIFEST.json")
    assert found == expected


def test_its_manifest_names_the_handler_and_the_version_of_the_model(unpacked):
    manifest = json.loads((unpacked / "MAR-INF" / "MANIFEST.json").read_text())
    config = json.loads((TRAINED / "config.json").read_text())
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


def test_the_same_inputs_give_the_same_bytes(archive, float32_graph, monkeypatch, tmp_path):
    exported = []

    def export(model, file):
        export_onnx(model, file)
        exported.append(file.read_bytes())

    monkeypatch.setattr("archive.files.export_onnx", export)
    again = tmp_path / "store" / "goemotions.mar"
    build_archive(ArchiveInputs.find(TRAINED), again)
    assert again.read_bytes() == archive.read_bytes()
    assert exported == [float32_graph.read_bytes()]


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


def test_float32_that_is_asked_for_carries_the_weights_too(exported_before, tmp_path):
    inputs = ArchiveInputs.find(TRAINED, Quantize.NONE)
    with exported_before():
        assert stage_files(inputs, inputs.plan(), tmp_path / "files") is None
    found = files_in(tmp_path / "files")
    assert found["model.safetensors"] == (TRAINED / "model.safetensors").read_bytes()
    assert "served_quantization.json" not in found
