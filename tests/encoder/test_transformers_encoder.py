"""A RoBERTa answers as transformers has it answer each comment alone."""

import random
import shutil

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import PreTrainedTokenizerFast, RobertaForSequenceClassification

from goemotions.encoders.transformers_encoder import TransformersEncoder
from goemotions.model_info import ModelInfo
from goemotions.tokens import CommentTokenizer
from tests.encoder.conftest import needs_gpu
from tests.encoder.roberta import CLS, MAX_TOKENS, SENTENCES, SEP

pytestmark = pytest.mark.weights

SAME = {"rtol": 1e-5, "atol": 1e-5}
DEVICES = ["cpu", pytest.param("cuda:0", marks=needs_gpu)]


@pytest.fixture
def damaged(roberta, tmp_path):
    """A copy, to be damaged."""
    return shutil.copytree(roberta, tmp_path / "model")


@pytest.fixture(scope="module")
def texts():
    """Texts of every length from nothing to beyond the model's, in random order."""
    chance = random.Random(3)
    words = " ".join(SENTENCES).split()
    drawn = [" ".join(chance.choices(words, k=count)) for count in range(1, 80) for _ in range(3)]
    texts = [*drawn, "", "</s> <pad> <s>", "🙂", "naïve"]
    chance.shuffle(texts)
    return texts


@pytest.fixture(scope="module")
def tokens(roberta, texts):
    tokenizer = CommentTokenizer(roberta / "tokenizer.json", MAX_TOKENS)
    return [each.ids for each in tokenizer.tokenize(texts)]


@pytest.fixture(scope="module")
def expected(roberta, tokens):
    """Each comment alone, with no padding at all."""
    model = RobertaForSequenceClassification.from_pretrained(roberta, dtype=torch.float32).eval()
    with torch.inference_mode():
        rows = [model(input_ids=torch.tensor([ids])).logits[0].numpy() for ids in tokens]
    return np.array(rows)


def test_comments_are_read_as_its_own_tokenizer_reads_them(roberta):
    own = PreTrainedTokenizerFast(tokenizer_file=str(roberta / "tokenizer.json"))
    tokenizer = CommentTokenizer(roberta / "tokenizer.json", MAX_TOKENS)
    for text, tokens in zip(SENTENCES, tokenizer.tokenize(SENTENCES), strict=True):
        assert list(tokens.ids) == own(text)["input_ids"]
        assert (tokens.ids[0], tokens.ids[-1]) == (CLS, SEP)


def test_a_comment_that_is_cut_still_ends_as_the_model_expects(tokens):
    cut = [ids for ids in tokens if len(ids) == MAX_TOKENS]
    assert cut
    assert all(ids[-1] == SEP for ids in cut)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("run_tokens", [1, 160, 2000])
def test_its_logits_are_those_of_transformers(roberta, tokens, expected, device, run_tokens):
    logits = TransformersEncoder(roberta, device, run_tokens=run_tokens).logits(tokens)
    assert logits.dtype == np.float32
    assert expected.std(axis=0).min() > 0.01
    np.testing.assert_allclose(logits, expected, rtol=0, atol=1e-4)


def test_a_comment_is_answered_the_same_alone_as_among_others(roberta, tokens):
    encoder = TransformersEncoder(roberta)
    together = encoder.logits(tokens)
    for row in range(0, len(tokens), 10):
        np.testing.assert_allclose(encoder.logits([tokens[row]])[0], together[row], **SAME)


def test_an_empty_batch_has_no_rows(roberta):
    assert TransformersEncoder(roberta).logits([]).shape == (0, 28)


def test_a_comment_without_tokens_is_refused(roberta):
    with pytest.raises(ValueError, match="at least one"):
        TransformersEncoder(roberta).logits([[CLS, SEP], []])


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_missing_file_is_named(damaged, name):
    (damaged / name).unlink()
    with pytest.raises(FileNotFoundError, match=f"no {name} in "):
        TransformersEncoder(damaged)


def test_weights_that_transformers_would_make_up_are_missed_by_name(damaged):
    file = damaged / "model.safetensors"
    tensors = load_file(file)
    del tensors["classifier.out_proj.bias"]
    save_file(tensors, file, metadata={"format": "pt"})
    with pytest.raises(ValueError, match=r"has no classifier\.out_proj\.bias"):
        TransformersEncoder(damaged)


def change_config(old, new):
    def damage(folder):
        file = folder / "config.json"
        file.write_text(file.read_text().replace(old, new))

    return damage


def spoil_weights(folder):
    (folder / "model.safetensors").write_bytes(b"spoilt")


@pytest.mark.parametrize(
    "damage",
    [
        change_config('"roberta"', '"no such architecture"'),
        change_config('"hidden_size": 48', '"hidden_size": 52'),
        change_config("{", "{ spoilt"),
        spoil_weights,
    ],
)
def test_what_transformers_can_t_load_is_refused_with_its_reason(damaged, damage):
    damage(damaged)
    with pytest.raises(ValueError, match="can't be loaded by transformers: "):
        TransformersEncoder(damaged)


def test_loading_says_nothing(roberta, capfd):
    TransformersEncoder(roberta)
    assert capfd.readouterr() == ("", "")


def test_its_folder_says_what_it_is(roberta):
    assert ModelInfo.load(roberta / "config.json").architecture == "roberta"
