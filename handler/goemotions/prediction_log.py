"""The prediction log: one line of JSON for each comment answered and each request refused.

The lines go to the worker's standard output. TorchServe hands them to its own logging, and
``log4j2.xml`` has them, and nothing else, written to ``predictions.log``.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, TextIO

from goemotions.answer import Answer
from goemotions.log_room import has_room
from goemotions.rejection import Rejection
from goemotions.settings import LoggedText

# The earlier service's format: local time, microseconds after a colon.
TIME_FORMAT: Final = "%Y-%m-%d %H:%M:%S:%f"

Entry = dict[str, object]


@dataclass(frozen=True, slots=True)
class RequestIds:
    """The ids that a log line and its reply share: TorchServe's, and the client's, if any."""

    request_id: str
    correlation_id: str | None = None


class PredictionLog:
    """Writes answers as lines: the keys of the earlier service first, then those that are new.

    ``folder`` is where TorchServe writes them; if it is named, no line is written that the disk may
    have no room for.
    """

    def __init__(
        self, stream: TextIO, log_text: LoggedText, model_version: str, folder: Path | None = None
    ) -> None:
        self._stream = stream
        self._folder = folder
        self._log_text = log_text
        self._model_version = model_version

    def write(self, answers: Iterable[tuple[RequestIds, Answer]]) -> int:
        """Write the lines of a batch, all at once; returns how many are lost to a full disk.

        The lines are ASCII, with every other character escaped, so that no text can break a line:
        TorchServe's reader of the worker's output also splits at U+2028.
        """
        lines = [
            json.dumps(entry) + "\n"
            for ids, answer in answers
            for entry in self._entries(ids, answer)
        ]
        if self._folder is not None and not has_room(self._folder, sum(map(len, lines))):
            return len(lines)
        self._stream.write("".join(lines))
        self._stream.flush()
        return 0

    def _entries(self, ids: RequestIds, answer: Answer) -> Iterator[Entry]:
        if isinstance(answer.request, Rejection):
            yield {
                "time": _now(),
                "error": answer.request.error,
                **self._shared(ids),
                "status": int(answer.request.status),
            }
            return
        for position, (comment, classification) in enumerate(
            zip(answer.request.comments, answer.classifications, strict=True)
        ):
            yield {
                "time": _now(),
                "text": _kept(comment, self._log_text),
                "prediction": classification.label,
                **self._shared(ids),
                "position": position,
                "score": round(classification.score, 4),
                "tokens": classification.tokens,
                "truncated": classification.truncated,
            }

    def _shared(self, ids: RequestIds) -> Entry:
        shared: Entry = {"request_id": ids.request_id, "model_version": self._model_version}
        if ids.correlation_id is not None:
            shared["correlation_id"] = ids.correlation_id
        return shared


def _now() -> str:
    return datetime.now().strftime(TIME_FORMAT)  # noqa: DTZ005 - local time, as in the earlier service


def _kept(text: str, log_text: LoggedText) -> str | None:
    match log_text:
        case LoggedText.FULL:
            return text
        case LoggedText.HASH:
            return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
        case LoggedText.NONE:
            return None
