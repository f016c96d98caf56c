"""A handler in the manner of TorchServe's own transformers example: every comment padded to 150.

After ``Transformer_handler_generalized.py`` in pytorch/serve's examples: its base class, its four
steps, its maximum length; without its explanations and its printed tensors.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer
from ts.torch_handler.base_handler import BaseHandler

from benchmarks.contenders.peers.folding import labels_of_logits

_MAX_LENGTH = 150


class PaddedHandler(BaseHandler):  # type: ignore[misc]  # TorchServe has no types
    """Transformers over tokens of one length."""

    def initialize(self, context: Any) -> None:  # noqa: ANN401 - TorchServe's Context
        """Load the model in the archive."""
        folder = Path(context.system_properties["model_dir"])
        self.context = context
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
        self.initialized = True

    def preprocess(self, requests: Sequence[Any]) -> Any:  # noqa: ANN401 - BatchEncoding
        """Tokens ``(batch, 150)``."""
        comments = [request["body"]["comment"] for request in requests]
        return self.tokenizer(
            comments,
            padding="max_length",
            truncation=True,
            max_length=_MAX_LENGTH,
            return_tensors="pt",
        )

    def inference(self, tokens: Any) -> torch.Tensor:  # noqa: ANN401 - what `preprocess` gave
        """Logits ``(batch, 28)``."""
        with torch.inference_mode():
            logits: torch.Tensor = self.model(**tokens).logits
        return logits

    def postprocess(self, logits: torch.Tensor) -> list[dict[str, Any]]:
        """One reply for each comment."""
        labels = labels_of_logits(logits.numpy())
        return [{"success": True, "prediction": label} for label in labels]
