"""Training batches: token ids, targets, and an order that pads little."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

import torch
from torch import Tensor
from torch.utils.data import Dataset
from transformers.trainer_pt_utils import LengthGroupedSampler

from goemotions.encoders import padding

PAD: Final = 0

Row = Mapping[str, Sequence[int] | Tensor]


@dataclass
class TokenRows(Dataset[Row]):
    """One row a comment: its token ids and its target distribution ``(28,)``.

    ``versions`` holds the token ids of all comments, once for each epoch if they change from one to
    the next; epochs beyond the last version begin again with the first.
    """

    versions: Sequence[Sequence[tuple[int, ...]]]
    targets: Tensor
    epoch: int = 0

    @property
    def token_ids(self) -> Sequence[tuple[int, ...]]:
        """The token ids of this epoch, by comment."""
        return self.versions[self.epoch % len(self.versions)]

    def __len__(self) -> int:
        return len(self.token_ids)

    def __getitem__(self, index: int) -> Row:
        return {"input_ids": self.token_ids[index], "labels": self.targets[index]}


def collate(rows: Sequence[Row]) -> dict[str, Tensor]:
    """The model's inputs ``(batch, longest)``, int64, and ``labels`` ``(batch, 28)``, float32."""
    return {
        **model_inputs([cast("Sequence[int]", row["input_ids"]) for row in rows]),
        "labels": torch.stack([torch.as_tensor(row["labels"]) for row in rows]),
    }


def model_inputs(token_ids: Sequence[Sequence[int]]) -> dict[str, Tensor]:
    """The model's inputs ``(batch, longest)``, int64: padded ids and the mask of what is real."""
    padded = padding.pad(token_ids, PAD)
    return {
        "input_ids": torch.from_numpy(padded.token_ids),
        "attention_mask": torch.from_numpy(padded.attention_mask),
    }


class EpochOrder(LengthGroupedSampler):
    """An order of the rows that depends on the seed and the epoch alone.

    Rows of similar length come together, shuffled within chunks of 50 batches. It also tells the
    rows which epoch it is, before the first of them is taken. The library's own sampler draws from
    the global generator, so that a resumed epoch would have another order.
    """

    def __init__(self, rows: TokenRows, batch_size: int, seed: int) -> None:
        super().__init__(batch_size, lengths=_lengths(rows), generator=torch.Generator())
        self._rows = rows
        self._seed = seed

    def set_epoch(self, epoch: int) -> None:
        """Called at the start of each epoch."""
        self._rows.epoch = epoch
        self.lengths = _lengths(self._rows)

    def __iter__(self) -> Iterator[int]:
        self.generator.manual_seed(self._seed + self._rows.epoch)
        yield from super().__iter__()  # type: ignore[no-untyped-call]


def _lengths(rows: TokenRows) -> list[int]:
    return [len(ids) for ids in rows.token_ids]
