"""GoEmotions, "simplified" configuration, from a folder of TSV files or from the Hugging Face Hub.

Demszky et al. 2020, arXiv:2005.00547; data licence CC BY 4.0 (Google Research).
"""

import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from goemotions.errors import GoEmotionsError
from goemotions.taxonomy import SOURCE_LABELS

Split = Literal["train", "dev", "test"]

HUB_NAME: Final = "google-research-datasets/go_emotions"
HUB_CONFIG: Final = "simplified"
HUB_TEST_COMMENTS: Final = 5427
_HUB_SPLITS: Final[dict[Split, str]] = {"train": "train", "dev": "validation", "test": "test"}
_COLUMNS: Final = 3


class DataUnavailableError(GoEmotionsError):
    """GoEmotions can't be read; the message names the place and says what to do."""


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment with its gold source label indices (0 to 27, ascending) and its Reddit id."""

    text: str
    source_indices: tuple[int, ...]
    id: str


def load_split(split: Split) -> list[Comment]:
    """The comments of ``split``, in the order of the data set.

    From ``<split>.tsv`` in the folder that the environment variable ``GOEMOTIONS_DIR`` names, or
    from the Hub if it is unset or empty. Raises ``DataUnavailableError``.
    """
    folder = os.environ.get("GOEMOTIONS_DIR")
    return _load_from_folder(Path(folder), split) if folder else _load_from_hub(split)


def fingerprint(comments: Sequence[Comment]) -> str:
    """The SHA-256 of the comments' ids, labels and texts, in order."""
    digest = hashlib.sha256()
    for comment in comments:
        indices = ",".join(map(str, comment.source_indices))
        digest.update(f"{comment.id}\t{indices}\t{comment.text}\n".encode())
    return digest.hexdigest()


def _load_from_folder(folder: Path, split: Split) -> list[Comment]:
    file = folder / f"{split}.tsv"
    if not file.is_file():
        raise DataUnavailableError(
            f"GOEMOTIONS_DIR is {str(folder)!r}, but there is no file {file.name} in it. Name a "
            "folder with train.tsv, dev.tsv and test.tsv (text, label indices, id; tab-separated, "
            "no header), or unset GOEMOTIONS_DIR to read the Hugging Face Hub."
        )
    # Read by hand: quotes are ordinary characters here, and only a line feed ends a row.
    try:
        lines = file.read_bytes().decode().removesuffix("\n").split("\n")
        return [
            _comment(*_columns(line), origin=f"{file}, row {number}")
            for number, line in enumerate(lines, 1)
        ]
    except ValueError as error:
        raise DataUnavailableError(
            f"{file} can't be read as GoEmotions: {error}. Wanted: UTF-8, three "
            "tab-separated columns (text, label indices joined by commas, id), no header."
        ) from error


def _columns(line: str) -> tuple[str, list[str], str]:
    columns = line.split("\t")
    if len(columns) != _COLUMNS:
        raise ValueError(f"a row has {len(columns)} columns: {line[:80]!r}")
    text, labels, comment_id = columns
    return text, labels.split(","), comment_id


def _load_from_hub(split: Split) -> list[Comment]:
    import datasets  # noqa: PLC0415 - takes seconds, and a folder can be read without it

    datasets.disable_progress_bars()  # callers have bars of their own
    try:
        rows = datasets.load_dataset(HUB_NAME, HUB_CONFIG, split=_HUB_SPLITS[split])
    except (OSError, datasets.exceptions.DatasetsError) as error:
        raise DataUnavailableError(
            f"GoEmotions ({HUB_NAME}) can't be read from the Hugging Face Hub: {error}. Go online, "
            "or set GOEMOTIONS_DIR to a folder with train.tsv, dev.tsv and test.tsv."
        ) from error
    return [
        _comment(row["text"], row["labels"], row["id"], origin=f"{HUB_NAME}, {split}, row {number}")
        for number, row in enumerate(rows, 1)
    ]


def _comment(text: str, labels: Iterable[str | int], comment_id: str, origin: str) -> Comment:
    try:
        indices = sorted(map(int, labels))
    except ValueError:
        indices = []
    if not indices or indices[0] < 0 or indices[-1] >= len(SOURCE_LABELS):
        raise DataUnavailableError(
            f"{origin}: the labels are {labels!r}; wanted are one or more indices from 0 to "
            f"{len(SOURCE_LABELS) - 1}."
        )
    return Comment(text, tuple(indices), comment_id)
