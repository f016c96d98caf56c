"""The export of a finished run to ``model/``: weights, measured as they are served."""

import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import load_file, save
from torch import Tensor
from transformers import PretrainedConfig, PreTrainedModel

from archive.quantization_cost import measure_quantization, write_record
from evaluation.behaviour.measuring import measure_behaviour
from evaluation.behaviour.reading import read_capabilities
from evaluation.dataset import Comment
from evaluation.gold import gold_comments
from evaluation.quality import ModelQuality, measure_logits
from evaluation.served_model import load_served
from goemotions.errors import ModelFolderError
from goemotions.model_info import ModelInfo
from goemotions.taxonomy import Taxonomy
from goemotions.tokens import CommentTokenizer
from training.base_encoder import (
    build_classifier,
    classifier_config,
    find_base_encoder,
    write_tokenizer,
)
from training.errors import RunFolderError
from training.logits import comment_logits
from training.model_card import CardFigures, render_card
from training.run import Run
from training.settings import TrainingSettings

WEIGHTS_FILE: Final = "model.safetensors"
CONFIG_FILE: Final = "config.json"
CARD_FILE: Final = "README.md"

_FIRST_VERSION: Final = "1.0.0"
_NUMBERS: Final = re.compile(r"(\d+\.\d+\.)(\d+)")


def export(
    run: Run,
    model: Path,
    model_version: str | None,
    comments: Mapping[str, Sequence[Comment]],
    remark: str = "",
) -> ModelQuality:
    """Write the run's best weights, all that belongs to them, and their card into ``model``.

    Without a ``model_version`` it is ``next_version``. ``comments`` holds the splits ``train``,
    ``dev`` and ``test``; ``remark`` is a word on the run for the card. Nothing in ``model`` changes
    before all is measured. Raises ``RunFolderError`` if the run is not finished or was trained with
    mean pooling, and ``ModelFolderError``.
    """
    settings = run.finished_settings()
    if settings.pooling != "first":
        raise RunFolderError(
            f"{run.folder} was trained with mean pooling; what serves reads the first token"
        )
    model.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=model.parent, prefix=".export-") as folder:
        draft = Path(folder)
        write_half_precision(load_file(run.best_weights), draft / WEIGHTS_FILE)
        version = model_version or next_version(model, draft / WEIGHTS_FILE)
        written, measured = _complete(draft, settings, version, comments)
        quantization = measure_quantization(draft, gold_comments(comments["dev"]))
        write_record(draft, quantization)
        behaviour = measure_behaviour(load_served(draft)[0], read_capabilities())
        figures = CardFigures(measured, quantization, behaviour)
        card = render_card(run, version, written, figures, comments, remark)
        (draft / CARD_FILE).write_text(card, encoding="utf-8")
        for file in draft.iterdir():
            file.replace(model / file.name)
    return measured


def next_version(model: Path, weights: Path) -> str:
    """The version of a model that takes the place of the one in the folder ``model``.

    It is the latter's with the patch number raised, since a rollout refuses a version that it has
    already; if the file ``weights`` is the very one in ``model``, it is the same. 1.0.0 if there is
    no model. Raises ``ModelFolderError`` if the one there has no patch number.
    """
    if not (model / CONFIG_FILE).is_file():
        return _FIRST_VERSION
    version = ModelInfo.load(model / CONFIG_FILE).version
    before = model / WEIGHTS_FILE
    if before.is_file() and before.read_bytes() == weights.read_bytes():
        return version
    numbers = _NUMBERS.fullmatch(version)
    if not numbers:
        raise ModelFolderError(
            f"{model} holds version {version!r}, which is not three numbers of which the last can "
            "be raised; give the new one by --model-version"
        )
    return f"{numbers[1]}{int(numbers[2]) + 1}"


def write_half_precision(weights: Mapping[str, Tensor], file: Path) -> None:
    """Write ``weights`` rounded to fp16; raises ``ValueError`` if fp16 can't hold one."""
    halves = {name: tensor.to(torch.float16).contiguous() for name, tensor in weights.items()}
    beyond = sorted(name for name, tensor in halves.items() if not tensor.isfinite().all())
    if beyond:
        raise ValueError(f"not finite in fp16: {', '.join(beyond)}; train with other settings")
    file.write_bytes(save(halves, metadata={"format": "pt"}))


def load_written(folder: Path, config: PretrainedConfig) -> PreTrainedModel:
    """The model of the fp16 weights in ``folder``, computing in float32 as it is served."""
    weights = load_file(folder / WEIGHTS_FILE)
    return build_classifier(config, {name: tensor.float() for name, tensor in weights.items()})


def _complete(
    draft: Path, settings: TrainingSettings, version: str, comments: Mapping[str, Sequence[Comment]]
) -> tuple[PreTrainedModel, ModelQuality]:
    """Write the tokenizer and the configuration beside the weights, which are measured for it."""
    base = find_base_encoder(settings.base_encoder)
    tokenizer_file = write_tokenizer(base, draft, settings.masks)
    tokenizer = CommentTokenizer(tokenizer_file, settings.served_max_tokens)
    config = classifier_config(base, settings.layers)
    written = load_written(draft, config)
    splits = ("dev", "test")
    logits = {split: comment_logits(written, tokenizer, comments[split]) for split in splits}
    measured = measure_logits(logits, comments)
    config.architectures = [type(written).__name__]
    _write_config(draft, config, _section(version, settings, measured))
    return written, measured


def _section(
    model_version: str, settings: TrainingSettings, measured: ModelQuality
) -> dict[str, Any]:
    served = measured.quality[Taxonomy.SERVED]
    return {
        "version": model_version,
        "max_tokens": settings.served_max_tokens,
        "log_temperature": {
            taxonomy.value: calibration.coefficients
            for taxonomy, calibration in measured.calibration.items()
        },
        "quality": {split: quality.as_json() for split, quality in served.items()},
    }


def _write_config(folder: Path, config: PretrainedConfig, section: Mapping[str, Any]) -> None:
    content = config.to_dict() | {"dtype": "float16", "goemotions": section}
    content.pop("_name_or_path", None)  # a path of the machine
    text = json.dumps(content, indent=2, sort_keys=True)
    (folder / CONFIG_FILE).write_text(text + "\n", encoding="utf-8")
