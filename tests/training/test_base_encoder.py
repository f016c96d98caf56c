"""The tokenizer made for GoEmotions is the base encoder's, except for its two masks."""

import pytest
from transformers import AutoTokenizer

from goemotions.tokens import CommentTokenizer
from training.base_encoder import (
    find_base_encoder,
    load_classifier,
    with_masks,
    write_tokenizer,
)
from training.errors import BaseEncoderUnavailableError

pytestmark = pytest.mark.weights

COMMENTS = [
    "I love this!",
    "Thanks [NAME], you're the best",
    "[NAME][NAME] and [RELIGION], [name] is no mask",
    "HELLO, Ünïcode — naïve café",
    "don't  squeeze\tspaces",
    "",
    "supercalifragilisticexpialidocious " * 3,
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tokenizer")
    write_tokenizer(find_base_encoder(), folder)
    return folder


@pytest.fixture(scope="module")
def tokenizer(folder):
    return CommentTokenizer(folder / "tokenizer.json", max_tokens=256)


@pytest.mark.parametrize("text", COMMENTS)
def test_transformers_own_tokenizer_gives_the_same_ids(folder, tokenizer, text):
    theirs = AutoTokenizer.from_pretrained(folder)(text)["input_ids"]
    assert list(tokenizer.tokenize([text])[0].ids) == theirs


@pytest.mark.parametrize("text", [text for text in COMMENTS if "[" not in text])
def test_a_text_without_masks_has_the_ids_of_the_base_encoder(tokenizer, text):
    theirs = AutoTokenizer.from_pretrained(find_base_encoder())(text, padding=False)["input_ids"]
    assert list(tokenizer.tokenize([text])[0].ids) == theirs


@pytest.mark.parametrize(("mask", "index"), [("[NAME]", 2), ("[RELIGION]", 3)])
def test_a_mask_is_one_token_inside_a_word_too(tokenizer, mask, index):
    assert tokenizer.tokenize([f"oh,{mask}s dog"])[0].ids.count(index) == 1


def test_special_tokens_in_a_text_stay_plain_characters(tokenizer):
    ids = tokenizer.tokenize(["[SEP] [CLS] [MASK] [PAD]"])[0].ids
    assert {0, 101, 102, 103}.isdisjoint(ids[1:-1])


def test_a_long_text_is_neither_cut_nor_padded_by_the_file_itself(folder):
    ids = AutoTokenizer.from_pretrained(folder)("word " * 200)["input_ids"]
    assert len(ids) == 202


def test_a_vocabulary_without_unused_entries_is_refused():
    with pytest.raises(ValueError, match=r"no \[unused1\], \[unused2\]"):
        with_masks({"model": {"vocab": {"a": 0}}, "added_tokens": []})


def test_a_folder_without_an_encoder_is_named(tmp_path):
    with pytest.raises(BaseEncoderUnavailableError, match=r"model\.safetensors.*--base-encoder"):
        find_base_encoder(str(tmp_path))


def test_the_classifier_starts_from_the_encoders_weights(base_encoder):
    first, second = load_classifier(base_encoder), load_classifier(base_encoder)
    words = "bert.embeddings.word_embeddings.weight"
    assert first.state_dict()[words].equal(second.state_dict()[words])
    assert first.config.id2label[27] == "neutral"
