"""First names of many languages, to stand where GoEmotions masks one by ``[NAME]``."""

from pathlib import Path
from typing import Final


def _read(file: Path) -> tuple[str, ...]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return tuple(name for line in lines if not line.startswith("#") for name in line.split())


FIRST_NAMES: Final = _read(Path(__file__).with_suffix(".txt"))
