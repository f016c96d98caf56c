"""The earlier service's design: Flask behind waitress, transformers, one comment at a time."""

from pathlib import Path
from typing import Any

import typer
import waitress
from flask import Flask, request
from transformers import pipeline

from benchmarks.contenders.peers.folding import label_of_probabilities


def main(model: Path, port: int) -> None:
    """Serve the folder ``model`` at ``/predict`` of ``port``."""
    classify = pipeline("text-classification", model=str(model), device="cpu")
    app = Flask(__name__)

    @app.post("/predict")
    def predict() -> dict[str, Any]:
        found: Any = classify([request.get_json()["comment"]], top_k=None, truncation=True)
        return {"success": True, "prediction": label_of_probabilities(found[0])}

    # waitress' own limit of 100 connections would leave most of 256 clients unheard.
    waitress.serve(app, host="127.0.0.1", port=port, connection_limit=1000)


if __name__ == "__main__":
    typer.run(main)
