"""Two models to compare on: a tiny one made here, of random weights, and the trained one."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertForSequenceClassification

from goemotions.onnx_encoder import OnnxEncoder
from scripts.export_onnx import export_onnx

REPOSITORY = Path(__file__).parents[2]
# As for every make target, MODEL names another model folder.
TRAINED = REPOSITORY / os.environ.get("MODEL", "model")


@dataclass(frozen=True)
class Model:
    """A model folder, the graph exported from it, and transformers' own reading of it."""

    folder: Path
    onnx_file: Path
    encoder: OnnxEncoder
    reference: BertForSequenceClassification

    @property
    def vocabulary(self) -> int:
        return self.reference.config.vocab_size


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(7)
    model = BertForSequenceClassification(
        BertConfig(
            vocab_size=200,
            hidden_size=48,
            num_hidden_layers=3,
            num_attention_heads=4,
            intermediate_size=96,
            max_position_embeddings=512,
            num_labels=28,
        )
    )
    # As they are initialised, biases are 0 and attention is flat: much could be wrong unseen.
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter), alpha=0.3)
    folder = tmp_path_factory.mktemp("tiny")
    model.half().save_pretrained(folder)
    return folder


@pytest.fixture(scope="session", params=["tiny", "trained"])
def model(
    request: pytest.FixtureRequest, tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Model:
    folder = tiny_folder if request.param == "tiny" else TRAINED
    onnx_file = tmp_path_factory.mktemp(request.param) / "model.onnx"
    export_onnx(folder, onnx_file)
    reference = BertForSequenceClassification.from_pretrained(folder).float().eval()
    return Model(folder, onnx_file, OnnxEncoder(onnx_file), reference)
