"""A model folder as it is served: its tokenizer, its packed encoder, its calibration."""

from pathlib import Path

import torch

from goemotions.classifier import Classifier
from goemotions.encoders.torch_encoder import TorchEncoder
from goemotions.errors import ModelFolderError
from goemotions.model_info import ModelInfo
from goemotions.tokens import CommentTokenizer


def load_served(model: Path) -> tuple[Classifier, ModelInfo]:
    """The classifier of a model folder as the service has it, and what the folder says of itself.

    By torch, on the module that the served graph is exported from: there is nothing to export
    first. Raises ``ModelFolderError``.
    """
    try:
        info = ModelInfo.load(model / "config.json")
        classifier = Classifier(
            CommentTokenizer(model / "tokenizer.json", info.max_tokens),
            # The encoder sets what torch may use in this process: leave that as it is.
            TorchEncoder(model, threads=torch.get_num_threads()),
            info.calibration,
        )
    except (FileNotFoundError, ValueError, ModelFolderError) as error:
        raise ModelFolderError(
            f"the model in {model} can't be loaded: {error}; make one with `make train`, or name "
            "another folder by --model"
        ) from error
    return classifier, info
