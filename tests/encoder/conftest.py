"""Two models to compare on: a tiny one made here, of random weights, and the trained one."""

import random
import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch.nn.utils.rnn import pad_sequence
from transformers import BertConfig, BertForSequenceClassification

from archive.export_onnx import export_onnx
from goemotions.encoders.onnx_encoder import OnnxEncoder
from goemotions.encoders.torch_encoder import TorchEncoder
from tests.artefacts import TRAINED

EVERY_LENGTH = (*range(1, 65), 1, 1, 96, 127, 159, 160, 161, 200, 256, 512)
USUAL_LENGTHS = range(4, 36)

needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU that torch can use")


@dataclass(frozen=True)
class Model:
    """A model folder, the graph exported from it, and transformers' own reading of it."""

    folder: Path
    onnx_file: Path
    reference: BertForSequenceClassification

    @property
    def vocabulary(self) -> int:
        return self.reference.config.vocab_size

    def padded_logits(self, comments):
        """The logits of transformers for batches of 8 similar lengths, padded, with a mask."""
        logits = np.empty((len(comments), 28), np.float32)
        by_length = sorted(range(len(comments)), key=lambda row: len(comments[row]))
        for start in range(0, len(comments), 8):
            rows = by_length[start : start + 8]
            ids = [torch.tensor(comments[row]) for row in rows]
            padded = pad_sequence(ids, batch_first=True)
            mask = pad_sequence([torch.ones_like(each) for each in ids], batch_first=True)
            with torch.no_grad():
                logits[rows] = self.reference(input_ids=padded, attention_mask=mask).logits.numpy()
        return logits


@pytest.fixture(autouse=True)
def threads_of_torch():
    """The number of threads is restored: an encoder in torch sets it for the whole process."""
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def tiny_folder(made_once) -> Path:
    return made_once("tiny-model", write_tiny)


def write_tiny(folder):
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
    model.half().save_pretrained(folder)


@pytest.fixture(scope="session")
def tiny_graph(made_once, tiny_folder) -> Path:
    folder = made_once("tiny", lambda folder: export_onnx(tiny_folder, folder / "model.onnx"))
    return folder / "model.onnx"


@pytest.fixture
def folder_of_14_labels(tiny_folder, tmp_path):
    """A copy of the tiny model with half as many rows in its classifier."""
    folder = Path(shutil.copytree(tiny_folder, tmp_path / "14-labels"))
    tensors = load_file(folder / "model.safetensors")
    labels = {name: tensors[name][:14].clone() for name in ("classifier.weight", "classifier.bias")}
    save_file(tensors | labels, folder / "model.safetensors")
    return folder


@pytest.fixture(scope="session", params=["tiny", "trained"])
def model(request: pytest.FixtureRequest, tiny_folder: Path) -> Model:
    is_tiny = request.param == "tiny"
    folder = tiny_folder if is_tiny else TRAINED
    onnx_file = request.getfixturevalue("tiny_graph" if is_tiny else "float32_graph")
    reference = BertForSequenceClassification.from_pretrained(folder).float().eval()
    return Model(folder, onnx_file, reference)


@pytest.fixture(
    scope="session",
    params=[
        "onnx",
        pytest.param("torch on the CPU", id="torch-cpu"),
        pytest.param("torch on a GPU", id="torch-gpu", marks=needs_gpu),
    ],
)
def build(request, model):
    """Builds an encoder of the model: ``build(threads=1, run_tokens=160)``."""
    builders = {
        "onnx": partial(OnnxEncoder, model.onnx_file),
        "torch on the CPU": partial(TorchEncoder, model.folder, "cpu"),
        "torch on a GPU": partial(TorchEncoder, model.folder, "cuda:0"),
    }
    return builders[request.param]


@pytest.fixture(scope="session")
def encoder(build):
    return build()


@pytest.fixture(scope="session")
def comments(model):
    """Comments of random tokens: every length, and many of the usual ones, in random order.

    Of the trained model, which computes for longer, every third length and fewer of the usual.
    """
    chance = random.Random(1)
    if model.folder == TRAINED:
        lengths = [*EVERY_LENGTH[::3], *chance.choices(USUAL_LENGTHS, k=24)]
    else:
        lengths = [*EVERY_LENGTH, *chance.choices(USUAL_LENGTHS, k=160)]
    chance.shuffle(lengths)
    return [[chance.randrange(model.vocabulary) for _ in range(length)] for length in lengths]


@pytest.fixture(scope="session")
def together(encoder, comments):
    """The encoder's logits for all of them in one batch."""
    return encoder.logits(comments)


@pytest.fixture(scope="session")
def expected(model, comments):
    """The logits of transformers for them."""
    return model.padded_logits(comments)
