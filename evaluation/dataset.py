"""GoEmotions, "simplified" configuration, from a folder of TSV files or from the Hugging Face Hub.

Demszky et al. 2020, arXiv:2005.00547; data licence CC BY 4.0 (Google Research).
"""

import csv
import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import datasets

from goemotions.errors import GoEmotionsError
from goemotions.taxonomy import SOURCE_LABELS

Split = Literal["train", "dev", "test"]

HUB_NAME: Final = "google-research-datasets/go_emotions"
HUB_CONFIG: Final = "simplified"
_HUB_SPLITS: Final[dict[Split, str]] = {"train": "train", "dev": "validation", "test": "test"}
_COLUMNS: Final = ("text", "labels", "id")


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
    datasets.disable_progress_bars()  # reading takes a second, and callers have bars of their own
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
    try:
        return _comments(_read_tsv(file), origin=str(file))
    except (datasets.exceptions.DatasetGenerationError, ValueError) as error:
        raise DataUnavailableError(
            f"{file} can't be read as GoEmotions: {error.__cause__ or error}. Wanted: UTF-8, three "
            "tab-separated columns (text, label indices joined by commas, id), no header."
        ) from error


def _read_tsv(file: Path) -> datasets.Dataset:
    # The library's copy goes to a folder that is thrown away: the file is small, and a cache
    # keyed by path would outlive it.
    with tempfile.TemporaryDirectory(prefix="goemotions-") as cache:
        return datasets.load_dataset(
            "csv",
            data_files=str(file),
            split="train",
            cache_dir=cache,
            keep_in_memory=True,
            delimiter="\t",
            names=list(_COLUMNS),
            header=None,
            features=datasets.Features({column: datasets.Value("string") for column in _COLUMNS}),
            # Quotes are ordinary characters here, "NA" and "null" are comments, and a lone
            # carriage return does not end a row.
            quoting=csv.QUOTE_NONE,
            keep_default_na=False,
            lineterminator="\n",
        )


def _load_from_hub(split: Split) -> list[Comment]:
    try:
        rows = datasets.load_dataset(HUB_NAME, HUB_CONFIG, split=_HUB_SPLITS[split])
    except (OSError, datasets.exceptions.DatasetsError) as error:
        raise DataUnavailableError(
            f"GoEmotions ({HUB_NAME}) can't be read from the Hugging Face Hub: {error}. Go online, "
            "or set GOEMOTIONS_DIR to a folder with train.tsv, dev.tsv and test.tsv."
        ) from error
    return _comments(rows, origin=f"{HUB_NAME}, {split}")


def _comments(rows: datasets.Dataset, origin: str) -> list[Comment]:
    return [_comment(record, f"{origin}, row {number}") for number, record in enumerate(rows, 1)]


def _comment(record: dict[str, Any], origin: str) -> Comment:
    labels = record["labels"]
    try:
        indices = sorted(int(i) for i in (labels.split(",") if isinstance(labels, str) else labels))
    except (TypeError, ValueError, AttributeError):
        indices = []
    if not indices or indices[0] < 0 or indices[-1] >= len(SOURCE_LABELS):
        raise DataUnavailableError(
            f"{origin}: the labels are {labels!r}; wanted are one or more indices from 0 to "
            f"{len(SOURCE_LABELS) - 1}, joined by commas."
        )
    return Comment(text=record["text"], source_indices=tuple(indices), id=record["id"])
