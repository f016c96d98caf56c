"""The class that TorchServe calls; it connects TorchServe with the package ``goemotions``."""

import json
import logging
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ts.context import Context
from ts.metrics.metric_type_enum import MetricTypes

from goemotions.answer import answer_batch
from goemotions.headers import CORRELATION_HEADER, read_correlation_id, read_headers
from goemotions.metrics import BatchMetrics
from goemotions.prediction_log import PredictionLog, RequestIds
from goemotions.request import read_request
from goemotions.served_model import ServedModel
from goemotions.settings import Settings

# Classified before the worker reports that it is ready: a short comment, and one that is cut.
_WARM_UP = ("I love this", "What a day " * 200)

Row = Mapping[str, Any]


class GoEmotionsHandler:
    """Answers batches of requests: read, classify, log, reply."""

    def initialize(self, context: Context) -> None:
        """Load the model in the archive, and warm it up.

        Raises ``SettingsError``, ``ModelFolderError`` or ``EncoderError``, each of which ends the
        worker, if ``model-config.yaml`` and ``config.json`` can't be used, or not together.
        """
        _quiet_worker_log()
        settings = Settings.from_mapping(context.model_yaml_config.get("handler") or {})
        folder = Path(context.system_properties["model_dir"])
        model = ServedModel.load(folder, settings, context.system_properties.get("gpu_id"))
        self._settings = settings
        self._classifier = model.classifier
        log_dir = os.environ.get("LOG_LOCATION")  # TorchServe's own, and set by its start
        self._log = PredictionLog(
            sys.stdout, settings.log_text, model.info.version, Path(log_dir) if log_dir else None
        )
        self._metrics = _register_metrics(context)
        self._description = json.dumps(model.describe(settings))
        self._classifier.classify(_WARM_UP)

    def handle(self, rows: Sequence[Row], context: Context) -> list[str]:
        """The reply to each row of the batch, in order."""
        headers = [read_headers(context.get_all_request_header(i)) for i in range(len(rows))]
        if _is_describe(rows, headers):
            return [self._description]
        started = time.perf_counter()
        requests = [read_request(row, self._settings) for row in rows]
        answers = answer_batch(requests, self._classifier)
        ids = [
            RequestIds(context.get_request_id(index) or "", read_correlation_id(own))
            for index, own in enumerate(headers)
        ]
        for index, answer in enumerate(answers):
            context.set_response_status(answer.reply.status, answer.reply.status.phrase, index)
            for name, value in _reply_headers(headers[index], ids[index]).items():
                context.set_response_header(index, name, value)
        lost = self._log.write(zip(ids, answers, strict=True))
        self._metrics.record(answers, time.perf_counter() - started, lost)
        return [answer.reply.body for answer in answers]


def _is_describe(rows: Sequence[Row], headers: Sequence[Mapping[str, str]]) -> bool:
    """True if TorchServe asks for the model's description, always in a batch of its own.

    It does so by a header, which a client can send too. But the row of a client has a body, except
    for a form without fields.
    """
    return (
        len(rows) == 1
        and not rows[0]
        and headers[0].get("describe") == "True"
        and "form" not in headers[0].get("content-type", "").lower()
    )


def _reply_headers(request_headers: Mapping[str, str], ids: RequestIds) -> dict[str, str]:
    reply_headers = {"content-type": "application/json"}
    if ids.correlation_id is not None:
        reply_headers[CORRELATION_HEADER] = ids.correlation_id
    if not request_headers:  # gRPC: a request over HTTP has at least a content length
        # Without this header TorchServe 0.12 fails on StreamPredictions, and ends the worker.
        reply_headers["ts_stream_next"] = "false"
    return reply_headers


def _quiet_worker_log() -> None:
    """Silence TorchServe's log line for each batch, but not the metrics, which are lines too."""
    logging.getLogger().setLevel(logging.WARNING)
    logging.getLogger("ts.metrics.caching_metric").setLevel(logging.INFO)


def _register_metrics(context: Context) -> BatchMetrics:
    """Declare the metrics to the worker; ``metrics.yaml`` declares them to the frontend."""
    add = context.metrics.add_metric_to_cache
    return BatchMetrics(
        comments=add("goemotions_comments_total", "count", ["Label"], MetricTypes.COUNTER),
        rejections=add("goemotions_rejections_total", "count", ["Kind"], MetricTypes.COUNTER),
        lost_lines=add("goemotions_lost_log_lines_total", "count", [], MetricTypes.COUNTER),
        batch_seconds=add("goemotions_batch_seconds", "s", [], MetricTypes.HISTOGRAM),
    )
