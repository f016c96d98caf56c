"""The mending of a log folder before a start: of half lines, and of broken archives."""

import gzip
import mmap
import os
import re
import shutil
from pathlib import Path
from typing import Final

# log4j renames a full log so, and compresses it then: predictions.2026-11-28.1.log.gz.
_ROTATED: Final = re.compile(r"(predictions|model_log|ts_log)\.\d{4}-\d\d-\d\d\.\d+\.log")
# How a line of the prediction log begins, and nothing else in it: quotes in a text are escaped.
_BEGINNING: Final = b'{"time": "'
_WITHIN_A_LINE: Final = re.compile(b"[^\n]" + re.escape(_BEGINNING))


def mend_logs(log_dir: Path) -> None:
    """Make each line of the prediction log whole, and compress what a rotation left uncompressed.

    Nothing may be writing there. What a full disk prevents is left for the next start.
    """
    rotated = [file for file in log_dir.iterdir() if _ROTATED.fullmatch(file.name)]
    for file in (log_dir / "predictions.log", *sorted(rotated)):
        try:
            if file.name.startswith("predictions.") and file.is_file():
                _drop_half_lines(file)
            if file in rotated:
                _compress(file)
        except OSError:
            _draft_of(file).unlink(missing_ok=True)


def _drop_half_lines(file: Path) -> None:
    """Rewrite ``file`` without the beginnings of lines that could not be written to their ends."""
    if not _has_half_line(file):
        return
    draft = _draft_of(file)
    with file.open("rb") as source, draft.open("wb") as target:
        for line in source:
            if line.endswith(b"\n"):
                # What follows a half line, without a line feed between them, is whole.
                target.write(line[max(0, line.rfind(_BEGINNING)) :])
    shutil.copystat(file, draft)
    draft.replace(file)


def _has_half_line(file: Path) -> bool:
    if not file.stat().st_size:
        return False
    with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, prot=mmap.PROT_READ) as content:
        return content[-1:] != b"\n" or _WITHIN_A_LINE.search(content) is not None


def _compress(file: Path) -> None:
    """Put ``file``, which is whole, in the place of its archive, which may be cut off."""
    archive = file.with_name(f"{file.name}.gz")
    draft = _draft_of(file)
    with file.open("rb") as source, gzip.open(draft, "wb") as target:
        shutil.copyfileobj(source, target)
    age = file.stat()
    os.utime(draft, ns=(age.st_atime_ns, age.st_mtime_ns))  # it is deleted by its age
    draft.replace(archive)
    file.unlink()


def _draft_of(file: Path) -> Path:
    return file.with_name(f".{file.name}.new")
