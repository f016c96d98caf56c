"""A base encoder of a few thousand weights, and a handful of comments that it can learn."""

import json

import pytest

from goemotions.taxonomy import SOURCE_LABELS
from training.settings import TrainingSettings

SPECIAL = ["[PAD]", "[unused1]", "[unused2]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
SENTENCE = "i am so very happy sad angry thankful sorry you are it this was a the film dog"
WORDS = SENTENCE.split()


@pytest.fixture(scope="session")
def base_encoder(tmp_path_factory):
    # Imported here, since most tests need neither: they take seconds.
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors  # noqa: PLC0415
    from transformers import BertConfig, BertModel, set_seed  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("base-encoder")
    vocabulary = {word: index for index, word in enumerate([*SPECIAL, *WORDS])}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 5), ("[CLS]", 4))
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    tokenizer.enable_truncation(4)
    tokenizer.enable_padding(length=4)
    tokenizer.save(str(folder / "tokenizer.json"))
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        # Random words that differ: with the usual 0.02 nothing is learnt in seconds.
        initializer_range=0.3,
    )
    set_seed(0)
    BertModel(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def settings(base_encoder):
    return TrainingSettings(
        epochs=3,
        batch_size=2,
        learning_rate=5e-3,
        average_decay=0.5,
        max_tokens=16,
        served_max_tokens=32,
        checkpoint_steps=2,
        precision="fp32",
        base_encoder=str(base_encoder),
    )


@pytest.fixture(scope="session")
def comments():
    return [
        comment("I am so happy", "joy"),
        comment("sad, very sad", "sadness"),
        comment("you are the dog", "neutral"),
        comment("so angry", "anger", "annoyance"),
        comment("sorry, i was very angry", "remorse"),
        comment("this film was it", "amusement"),
        comment("thankful", "gratitude"),
        comment("it was a [NAME] film", "admiration"),
    ]


def comment(text, *labels):
    from evaluation.dataset import Comment  # noqa: PLC0415

    indices = tuple(sorted(SOURCE_LABELS.index(label) for label in labels))
    return Comment(text=text, source_indices=indices, id=f"id{abs(hash(text)) % 10**6}")


@pytest.fixture(scope="session")
def split_files(tmp_path_factory, comments):
    """A folder of GoEmotions' TSV files, with the same comments in each split."""
    folder = tmp_path_factory.mktemp("data")
    rows = [f"{c.text}\t{','.join(map(str, c.source_indices))}\t{c.id}\n" for c in comments]
    for split in ("train", "dev", "test"):
        (folder / f"{split}.tsv").write_text("".join(rows), encoding="utf-8")
    return folder


@pytest.fixture
def data_folder(split_files, monkeypatch):
    """GOEMOTIONS_DIR, which is the folder of those files."""
    monkeypatch.setenv("GOEMOTIONS_DIR", str(split_files))
    return split_files


def tokenizer_content(folder):
    return json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
