"""The packed encoder in torch: what it takes, and what it refuses."""

import shutil

import pytest
import torch

from goemotions.encoders.torch_encoder import TorchEncoder


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
