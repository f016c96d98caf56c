"""The packed encoder in torch, for a GPU; so far it was only run on CPUs."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from goemotions.encoders.packed_bert import PackedBert
from goemotions.encoders.packing import INPUTS, PackedRun, infer_packed
from goemotions.encoders.protocol import require_at_least_one


class TorchEncoder:
    """Logits by the module that ``archive.export_onnx`` exports."""

    def __init__(
        self, model_dir: Path, device: str = "cpu", threads: int = 1, run_tokens: int = 160
    ) -> None:
        """Load ``config.json`` and ``model.safetensors`` onto ``device``, as torch names it.

        ``threads`` is the number of threads that torch may use on the CPU in this process.
        ``run_tokens`` is the number of tokens that are computed at once; a GPU takes more than a
        CPU.

        Raises ``ValueError`` for a number below 1, and what ``PackedBert.from_folder`` raises.
        """
        require_at_least_one(threads=threads, run_tokens=run_tokens)
        torch.set_num_threads(threads)
        self._model = PackedBert.from_folder(model_dir).to(device)
        self.labels = self._model.classifier.out_features
        self._device = device
        self._run_tokens = run_tokens

    def logits(self, batch: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """The logits ``(batch, labels)`` of comments given as token ids, in the order of the batch.

        Raises ``ValueError`` for a comment without tokens.
        """
        return infer_packed(batch, self._run_tokens, self.labels, self._infer)

    @torch.inference_mode()
    def _infer(self, run: PackedRun) -> NDArray[np.float32]:
        inputs = (torch.from_numpy(getattr(run, name)).to(self._device) for name in INPUTS)
        logits: NDArray[np.float32] = self._model(*inputs).cpu().numpy()
        return logits
