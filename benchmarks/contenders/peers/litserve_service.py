"""LitServe with batching: transformers, each batch padded to its longest comment."""

from pathlib import Path
from typing import Any

import litserve
import torch
import typer
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from benchmarks.contenders.peers.folding import labels_of_logits


class EmotionApi(litserve.LitAPI):  # type: ignore[misc]  # LitServe has no types
    """The four steps that LitServe asks for, over whole batches."""

    def __init__(self, model: Path, threads: int, batch_size: int, batch_timeout: float) -> None:
        super().__init__(max_batch_size=batch_size, batch_timeout=batch_timeout)
        self._folder = model
        self._threads = threads

    def setup(self, device: str) -> None:
        """Load the model, in each worker."""
        torch.set_num_threads(self._threads)
        self._tokenizer = AutoTokenizer.from_pretrained(self._folder)
        model = AutoModelForSequenceClassification.from_pretrained(self._folder)
        self._model = model.to(device).eval()

    def decode_request(self, request: dict[str, str]) -> str:
        """The comment of a request."""
        return request["comment"]

    def batch(self, inputs: list[str]) -> Any:  # noqa: ANN401 - transformers' BatchEncoding
        """The padded tokens of a batch."""
        return self._tokenizer(inputs, padding=True, truncation=True, return_tensors="pt")

    def predict(self, x: Any) -> torch.Tensor:  # noqa: ANN401 - what `batch` gave
        """Logits ``(batch, 28)``."""
        with torch.inference_mode():
            logits: torch.Tensor = self._model(**x).logits
        return logits

    def unbatch(self, output: torch.Tensor) -> list[str]:
        """One label for each request."""
        return labels_of_logits(output.numpy())

    def encode_response(self, output: str) -> dict[str, Any]:
        """The reply."""
        return {"success": True, "prediction": output}


def main(model: Path, port: int, batch_size: int, workers: int, threads: int) -> None:
    """Serve the folder ``model`` at ``/predict`` of ``port``."""
    api = EmotionApi(model, threads, batch_size, batch_timeout=0.005)
    server = litserve.LitServer(api, accelerator="cpu", devices=1, workers_per_device=workers)
    server.run(host="127.0.0.1", port=port, log_level="warning", generate_client_file=False)


if __name__ == "__main__":
    typer.run(main)
