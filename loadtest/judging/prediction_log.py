"""The prediction log as it grew from a moment on, over rotation and compression."""

import gzip
import json
import os
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

LOG_NAME: Final = "predictions.log"

# Enough for the first line's time, text or request id to tell two files apart.
_HEAD_BYTES: Final = 512


@dataclass(frozen=True, slots=True)
class Logged:
    """The lines of a log: the labels of each request's lines, and how many lines are no JSON."""

    labels: Mapping[str, tuple[str, ...]]
    broken: int


@dataclass(frozen=True, slots=True)
class LogSince:
    """The log in ``folder`` from a moment on: ``time``, when its file had ``size`` bytes.

    Once it is rotated or compressed, that file is recognised by its first bytes, ``head``: its
    inode may be another file's by then.
    """

    folder: Path
    time: float
    head: bytes
    size: int

    @classmethod
    def now(cls, folder: Path) -> Self:
        """The log from this moment on."""
        moment = time.time()
        try:
            with (folder / LOG_NAME).open("rb") as file:
                return cls(folder, moment, file.read(_HEAD_BYTES), file.seek(0, os.SEEK_END))
        except FileNotFoundError:
            return cls(folder, moment, b"", 0)

    def read(self) -> Logged:
        """Everything written since."""
        while True:
            try:
                return self._read()
            except FileNotFoundError:  # compressed between the look into the folder and into it
                continue

    def _read(self) -> Logged:
        labels: defaultdict[str, list[str]] = defaultdict(list)
        broken = 0
        for line in self._lines():
            try:
                entry = json.loads(line)
                labels[entry["request_id"]].append(entry.get("prediction", ""))
            except (ValueError, KeyError, TypeError):
                broken += 1
        return Logged({request_id: tuple(own) for request_id, own in labels.items()}, broken)

    def _lines(self) -> Iterator[bytes]:
        for file in self._files():
            with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as stream:
                is_the_first = stream.read(len(self.head)) == self.head
                stream.seek(self.size if is_the_first else 0)
                # A last line without its end is still being written.
                yield from (line for line in stream if line.endswith(b"\n"))

    def _files(self) -> list[Path]:
        files = sorted(self.folder.glob(f"{LOG_NAME.removesuffix('.log')}*"))
        # While log4j compresses a rotated file it is there twice, whole only as the plain one.
        twice = {file.name + ".gz" for file in files}
        # A little earlier: a file's time is that of the kernel's last tick.
        since = self.time - 1
        return [file for file in files if file.name not in twice and file.stat().st_mtime >= since]
