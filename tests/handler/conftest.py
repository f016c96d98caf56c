"""The real handler in this process, with the real model and TorchServe's own Context."""

import contextlib
import io
import json
import os
from pathlib import Path

import pytest
import yaml
from ts.context import Context, RequestProcessor
from ts.metrics.metric_cache_yaml_impl import MetricsCacheYamlImpl

from archive.files import stage_files
from archive.inputs import ArchiveInputs
from archive.plan import Quantize
from goemotions_handler import GoEmotionsHandler

TOP = Path(__file__).parents[2]
MODEL = TOP / os.environ.get("MODEL", "model")


@pytest.fixture(scope="session")
def model_dir(tmp_path_factory):
    """What a worker finds when TorchServe has unpacked the archive."""
    return unpack(tmp_path_factory, ArchiveInputs.find(MODEL))


@pytest.fixture(scope="session")
def float32_dir(tmp_path_factory):
    """The same of an archive in float32, which torch serves, too."""
    return unpack(tmp_path_factory, ArchiveInputs.find(MODEL, Quantize.NONE))


def unpack(tmp_path_factory, inputs):
    folder = tmp_path_factory.mktemp("unpacked") / "files"
    stage_files(inputs, folder)
    return folder


class Server:
    """Hands batches to a handler as a TorchServe worker does."""

    def __init__(self, model_dir, settings=None, gpu=None):
        config = yaml.safe_load((TOP / "handler" / "model-config.yaml").read_text())
        config["handler"] |= settings or {}
        metrics = MetricsCacheYamlImpl(str(TOP / "metrics.yaml"))
        metrics.initialize_cache()
        self.context = Context(
            "goemotions",
            str(model_dir),
            manifest={},
            batch_size=8,
            gpu=gpu,
            mms_version="0.12.0",
            metrics=metrics,
            model_yaml_config=config,
        )
        self.handler = GoEmotionsHandler()
        self._printed = io.StringIO()
        with contextlib.redirect_stdout(self._printed):
            self.handler.initialize(self.context)

    def ask(self, rows, headers=None):
        """The status, the body and the response headers for each row, in order."""
        self.context.request_ids = {index: f"id-{index}" for index in range(len(rows))}
        self.context.request_processor = [
            RequestProcessor(dict(own)) for own in headers or [{}] * len(rows)
        ]
        bodies = self.handler.handle(rows, self.context)
        return [
            (
                self.context.get_response_status(index)[0],
                body,
                self.context.get_response_headers(index),
            )
            for index, body in enumerate(bodies)
        ]

    def log_lines(self):
        """What the handler has logged since this was last asked."""
        lines = self._printed.getvalue().splitlines()
        self._printed.seek(0)
        self._printed.truncate()
        return [json.loads(line) for line in lines]


@pytest.fixture(scope="session")
def server(model_dir):
    return Server(model_dir)


def body(document):
    """A row as TorchServe makes it of a POST with this JSON document."""
    return {"body": bytearray(json.dumps(document).encode())}
