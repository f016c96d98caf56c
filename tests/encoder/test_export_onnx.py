"""The exported graph: one file, the same bytes each time, nothing of the machine in it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from safetensors.torch import load_file, save_file

from archive.export_onnx import export_onnx
from archive.inputs import REPOSITORY
from goemotions.encoders.onnx_encoder import OnnxEncoder
from goemotions.encoders.packed_bert import PackedBert

pytestmark = pytest.mark.weights


@pytest.fixture
def folder(tiny_folder, tmp_path):
    """A copy of the tiny model, to be damaged."""
    return Path(shutil.copytree(tiny_folder, tmp_path / "model"))


def test_an_export_by_another_process_gives_the_same_bytes_and_says_nothing(
    tiny_folder, tiny_graph, tmp_path
):
    code = (
        "import sys; from pathlib import Path; from archive.export_onnx import export_onnx; "
        "export_onnx(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tiny_folder, tmp_path / "model.onnx"],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'handler'}"},
    )
    assert (done.stdout, done.stderr) == ("", "")
    assert (tmp_path / "model.onnx").read_bytes() == tiny_graph.read_bytes()


def test_the_graph_is_one_file(model):
    assert [file.name for file in model.onnx_file.parent.glob("*.onnx*")] == ["model.onnx"]
    initializers = onnx.load(model.onnx_file, load_external_data=False).graph.initializer
    assert not any(each.external_data for each in initializers)


def test_the_graph_holds_no_path_of_the_machine(model):
    graph = model.onnx_file.read_bytes()
    for place in (REPOSITORY, model.folder, Path(torch.__file__).parent, Path.home()):
        assert str(place).encode() not in graph
    assert b".py" not in graph


def test_tokens_and_comments_are_free(model):
    graph = onnx.load(model.onnx_file).graph
    axes = {
        each.name: [axis.dim_param or axis.dim_value for axis in each.type.tensor_type.shape.dim]
        for each in (*graph.input, *graph.output)
    }
    assert axes == {
        "token_ids": ["tokens"],
        "positions": ["tokens"],
        "comment_of_token": ["tokens"],
        "first_tokens": ["comments"],
        "logits": ["comments", 28],
    }


def test_gelu_and_layer_norm_are_single_operators(model):
    """Written out in parts they give the same logits, but slower."""
    operators = {node.op_type for node in onnx.load(model.onnx_file).graph.node}
    assert {"Gelu", "LayerNormalization", "Gemm"} <= operators
    assert not {"Erf", "ReduceMean", "Sqrt"} & operators


def test_the_word_table_keeps_the_precision_of_its_file_and_the_logits_do_not_change(
    folder, tiny_graph, tmp_path
):
    file = folder / "model.safetensors"
    save_file({name: tensor.float() for name, tensor in load_file(file).items()}, file)
    export_onnx(folder, tmp_path / "single.onnx")
    logits, types = [], []
    for graph in (tiny_graph, tmp_path / "single.onnx"):
        logits.append(OnnxEncoder(graph).logits([[1, 5, 9], [2, 8]]))
        initializers = {each.name: each for each in onnx.load(graph).graph.initializer}
        types.append(initializers["words"].data_type)
    assert types == [onnx.TensorProto.FLOAT16, onnx.TensorProto.FLOAT]
    assert np.array_equal(*logits)


def change_config(**changes):
    def damage(folder):
        file = folder / "config.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | changes))

    return damage


def drop_key(folder):
    file = folder / "config.json"
    config = json.loads(file.read_text())
    del config["num_attention_heads"]
    file.write_text(json.dumps(config))


def drop_tensor(folder):
    file = folder / "model.safetensors"
    tensors = load_file(file)
    del tensors["classifier.bias"]
    save_file(tensors, file)


def spoil_config(folder):
    (folder / "config.json").write_text("{ spoilt")


def write_a_list(folder):
    (folder / "config.json").write_text("[1, 2]")


def spoil_tensors(folder):
    (folder / "model.safetensors").write_bytes(b"spoilt")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (change_config(model_type="roberta"), "model_type is 'roberta', and only 'bert'"),
        (change_config(hidden_act="gelu_new"), "hidden_act is 'gelu_new', and only 'gelu'"),
        (change_config(num_hidden_layers=2), "has tensors that no part takes"),
        (change_config(num_hidden_layers=4), "has no tensor bert.encoder.layer.3."),
        (change_config(num_hidden_layers=0), "num_hidden_layers is 0; it must be at least 1"),
        (change_config(num_attention_heads=5), "hidden_size 48 can't be divided among 5 heads"),
        (drop_key, "'num_attention_heads' is missing"),
        (drop_tensor, "has no tensor classifier.bias"),
        (spoil_config, "config.json: "),
        (write_a_list, "config.json: "),
        (spoil_tensors, "model.safetensors is not a safetensors file"),
    ],
)
def test_a_model_of_another_kind_is_refused(folder, damage, message):
    damage(folder)
    with pytest.raises(ValueError, match=message):
        PackedBert.from_folder(folder)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_missing_file_says_what_to_do(folder, name):
    (folder / name).unlink()
    with pytest.raises(FileNotFoundError, match=f"no {name} in .*make train"):
        PackedBert.from_folder(folder)
