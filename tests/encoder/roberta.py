"""A whole RoBERTa model folder of a few thousand random weights, made in memory."""

import json

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import RobertaConfig, RobertaForSequenceClassification

from goemotions.taxonomy import SOURCE_LABELS

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
CLS, PAD, SEP = 0, 1, 2
MAX_TOKENS = 48
SENTENCES = [
    "I love this so much, thank you!",
    "That is so sad, I am sorry to hear it",
    "Why would they do that? I do not understand",
    "This is the worst thing that I have ever read",
]


def write_tokenizer(folder):
    """A byte-level BPE like RoBERTa's own, learnt from a few sentences."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(SENTENCES, trainer)
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", SEP), ("<s>", CLS), add_prefix_space=False
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    return tokenizer.get_vocab_size()


def write_roberta(folder, max_tokens=MAX_TOKENS):
    """Weights that differ, so that a wrong position or a read pad shows; returns ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(11)
    model = RobertaForSequenceClassification(
        RobertaConfig(
            vocab_size=write_tokenizer(folder),
            hidden_size=48,
            num_hidden_layers=2,
            num_attention_heads=4,
            intermediate_size=96,
            # RoBERTa counts positions from the id of the padding, plus one.
            max_position_embeddings=MAX_TOKENS + PAD + 1,
            type_vocab_size=1,
            pad_token_id=PAD,
            bos_token_id=CLS,
            eos_token_id=SEP,
            id2label=dict(enumerate(SOURCE_LABELS)),
            label2id={label: index for index, label in enumerate(SOURCE_LABELS)},
        )
    )
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter), alpha=0.3)
    model.half().save_pretrained(folder)
    config = json.loads((folder / "config.json").read_text())
    config["goemotions"] = {
        "version": "3.1.4",
        "max_tokens": max_tokens,
        "log_temperature": {"served": [0.0], "original": [0.0]},
        "quality": {},
    }
    (folder / "config.json").write_text(json.dumps(config))
    return folder
