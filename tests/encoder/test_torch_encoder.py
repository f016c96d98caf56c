"""The packed encoder in torch: what it takes, and what it refuses."""

import shutil

import pytest
import torch

from goemotions.encoders.choice import EncoderChoice, EncoderKind, choose_encoder
from goemotions.encoders.torch_encoder import TorchEncoder
from goemotions.settings import Backend
from tests.encoder.conftest import needs_gpu

pytestmark = pytest.mark.weights


def test_it_takes_as_many_threads_as_it_is_given(tiny_folder):
    TorchEncoder(tiny_folder, threads=2)
    assert torch.get_num_threads() == 2
    TorchEncoder(tiny_folder, threads=1)
    assert torch.get_num_threads() == 1


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_missing_file_is_named(tiny_folder, tmp_path, name):
    folder = shutil.copytree(tiny_folder, tmp_path / "model")
    (folder / name).unlink()
    with pytest.raises(FileNotFoundError, match=f"no {name} in "):
        TorchEncoder(folder)


def test_a_model_tells_how_many_labels_it_knows(folder_of_14_labels):
    assert TorchEncoder(folder_of_14_labels).labels == 14


@pytest.mark.skipif(torch.cuda.is_available(), reason="torch can use a GPU here")
def test_a_gpu_that_torch_can_t_use_leaves_the_work_to_the_cpu_and_says_so(caplog):
    choice = choose_encoder("bert", Backend.AUTO, quantised=False, gpu=1)
    assert choice == EncoderChoice(EncoderKind.ONNX, "cpu")
    assert "gave this worker GPU 1, but torch" in caplog.text


@needs_gpu
def test_the_gpu_that_torchserve_gave_the_worker_computes():
    choice = choose_encoder("bert", Backend.AUTO, quantised=False, gpu=0)
    assert choice == EncoderChoice(EncoderKind.TORCH, "cuda:0")
