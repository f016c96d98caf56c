"""The real handler in this process, with the real model and TorchServe's own Context."""

import contextlib
import io
import json

import pytest
import yaml
from ts.context import Context, RequestProcessor
from ts.metrics.metric_cache_yaml_impl import MetricsCacheYamlImpl

from archive.inputs import HANDLER, REPOSITORY
from goemotions_handler import GoEmotionsHandler


class Server:
    """Hands batches to a handler as a TorchServe worker does."""

    def __init__(self, model_dir, settings=None, gpu=None):
        config = yaml.safe_load((HANDLER / "model-config.yaml").read_text())
        config["handler"] |= settings or {}
        metrics = MetricsCacheYamlImpl(str(REPOSITORY / "metrics.yaml"))
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
        """The lines that the handler has logged since this was last asked."""
        lines = self._printed.getvalue().splitlines()
        self._printed.seek(0)
        self._printed.truncate()
        return [json.loads(line) for line in lines]


@pytest.fixture(scope="session")
def server(unpacked):
    return Server(unpacked)


def body(document):
    """A row as TorchServe makes it of a POST with this JSON document."""
    return {"body": bytearray(json.dumps(document).encode())}
