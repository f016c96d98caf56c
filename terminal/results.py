"""The folder that a command writes its results into."""

import json
import re
from datetime import datetime
from pathlib import Path


def new_folder(parent: Path, name: str, now: datetime) -> Path:
    """A new folder ``<time>-<name>`` in ``parent``."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "run"
    folder = parent / f"{now:%Y-%m-%dT%H-%M-%S}-{plain}"
    number = 2
    while folder.exists():
        folder = parent / f"{now:%Y-%m-%dT%H-%M-%S}-{plain}-{number}"
        number += 1
    folder.mkdir(parents=True)
    return folder


def write_json(file: Path, document: object) -> None:
    """Write ``document``, readable by people too; a reader sees the old or the new file whole."""
    draft = file.with_name(f".{file.name}.draft")
    draft.write_text(
        json.dumps(document, indent=2, default=str, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    draft.replace(file)
