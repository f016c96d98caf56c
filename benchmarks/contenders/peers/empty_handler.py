"""A handler that does nothing, to time TorchServe alone."""

import logging
from collections.abc import Sequence
from typing import Any

_REPLY = '{"success": true, "prediction": "neutral"}'


class EmptyHandler:
    """Answers each row of a batch alike."""

    def initialize(self, _context: Any) -> None:  # noqa: ANN401 - TorchServe's Context
        """Silence the line that the worker prints for each batch, as this service does."""
        logging.getLogger().setLevel(logging.WARNING)

    def handle(self, rows: Sequence[Any], context: Any) -> list[str]:  # noqa: ANN401 - its Context
        """One reply a row."""
        for index in range(len(rows)):
            context.set_response_content_type(index, "application/json")
        return [_REPLY] * len(rows)
