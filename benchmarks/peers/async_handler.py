"""This service's handler behind TorchServe's asynchronous communication with its workers.

``asyncCommunication: true`` wants a handler that can be awaited. The frontend then sends a worker
its next requests without waiting for the replies to those before, so that one is always at hand. It
is here to be measured: docs/tuning.md says why it can't be delivered.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from goemotions_handler import GoEmotionsHandler


class AsyncHandler:
    """One after another, as before; only the waiting for the next one falls away."""

    def __init__(self) -> None:
        self._handler = GoEmotionsHandler()

    def initialize(self, context: Any) -> None:  # noqa: ANN401 - TorchServe's Context
        """As the handler behind it."""
        self._handler.initialize(context)

    async def handle(
        self,
        rows: Sequence[Mapping[str, Any]],
        context: Any,  # noqa: ANN401 - TorchServe's Context
    ) -> list[str]:
        """As the handler behind it."""
        return self._handler.handle(rows, context)
