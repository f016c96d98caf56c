"""The encoder for other architectures than BERT, computed by transformers."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from transformers import AutoModelForSequenceClassification, PreTrainedModel
from transformers.utils import logging

from goemotions.encoders.padding import pad, plan_padded_runs
from goemotions.encoders.protocol import require_at_least_one


class TransformersEncoder:
    """Logits by the sequence classifier that ``config.json`` names."""

    def __init__(
        self, model_dir: Path, device: str = "cpu", threads: int = 1, run_tokens: int = 160
    ) -> None:
        """Load ``config.json`` and ``model.safetensors`` onto ``device``, as torch names it.

        ``threads`` is the number of threads that torch may use on the CPU in this process.
        ``run_tokens`` is the number of tokens, padding included, that are computed at once.

        Raises ``FileNotFoundError``, and ``ValueError`` for a number below 1 or if the folder does
        not hold a complete classifier.
        """
        require_at_least_one(threads=threads, run_tokens=run_tokens)
        torch.set_num_threads(threads)
        self._model = _load(model_dir).to(device)  # type: ignore[arg-type]
        self.labels: int = self._model.config.num_labels
        self._padding_id = self._model.config.pad_token_id or 0
        self._device = device
        self._run_tokens = run_tokens

    def logits(self, batch: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """The logits ``(batch, labels)`` of comments given as token ids, in the order of the batch.

        Raises ``ValueError`` for a comment without tokens.
        """
        logits = np.empty((len(batch), self.labels), dtype=np.float32)
        for run in plan_padded_runs([len(comment) for comment in batch], self._run_tokens):
            logits[run] = self._infer([batch[index] for index in run])
        return logits

    @torch.inference_mode()
    def _infer(self, comments: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        padded = pad(comments, self._padding_id)
        output = self._model(
            input_ids=torch.from_numpy(padded.token_ids).to(self._device),
            attention_mask=torch.from_numpy(padded.attention_mask).to(self._device),
        )
        logits: NDArray[np.float32] = output.logits.cpu().numpy()
        return logits


def _load(model_dir: Path) -> PreTrainedModel:
    for name in ("config.json", "model.safetensors"):
        if not (model_dir / name).is_file():
            raise FileNotFoundError(f"no {name} in {model_dir}; run `make package`")
    # The worker's log would show its progress bars and tables as warnings.
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    try:
        model, report = AutoModelForSequenceClassification.from_pretrained(
            model_dir,
            dtype=torch.float32,
            use_safetensors=True,
            local_files_only=True,
            output_loading_info=True,
        )
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise ValueError(f"{model_dir} can't be loaded by transformers: {error}") from error
    if missing := sorted(report["missing_keys"]):
        # transformers would fill them with random numbers.
        raise ValueError(f"{model_dir / 'model.safetensors'} has no {', '.join(missing)}")
    loaded: PreTrainedModel = model.eval()
    return loaded
