"""The tokenizer, from comments to token ids."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tokenizers import Tokenizer

from goemotions.preparation import prepare_text

_FEWEST_TOKENS: Final = 3  # [CLS], one of the comment's own, [SEP]
# Otherwise the tokenizer gives each batch of short comments to one thread a core, and waits for
# threads whose cores are busy with other workers. It reads this variable at each batch.
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


@dataclass(frozen=True, slots=True)
class Tokens:
    """One comment's token ids, ``[CLS] ... [SEP]``, and whether it was cut to fit."""

    ids: tuple[int, ...]
    truncated: bool


class CommentTokenizer:
    """Prepares and tokenises comments; one that is cut for its length still ends with ``[SEP]``."""

    def __init__(
        self,
        tokenizer_file: Path,
        max_tokens: int,
        prepare: Callable[[str], str] = prepare_text,
    ) -> None:
        """Load a ``tokenizer.json``.

        ``max_tokens`` includes ``[CLS]`` and ``[SEP]``; ``prepare`` is applied to each comment
        first. Raises ``ValueError`` if ``max_tokens`` leaves no room for a token between the two,
        and ``FileNotFoundError`` if the file is missing.
        """
        if max_tokens < _FEWEST_TOKENS:
            raise ValueError(f"max_tokens is {max_tokens}; it must be at least {_FEWEST_TOKENS}")
        if not tokenizer_file.is_file():
            raise FileNotFoundError(f"no tokenizer at {tokenizer_file}")
        self._tokenizer = Tokenizer.from_file(str(tokenizer_file))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        # "[SEP]" in a comment is these five characters, not the end of a sequence.
        self._tokenizer.encode_special_tokens = True
        self._prepare = prepare
        self.max_tokens = max_tokens

    def tokenize(self, comments: Sequence[str]) -> list[Tokens]:
        """The tokens of each comment, in order."""
        # The fast variant leaves out the positions of characters, which nothing here uses.
        encodings = self._tokenizer.encode_batch_fast([self._prepare(each) for each in comments])
        return [self._cut(encoding.ids) for encoding in encodings]

    def _cut(self, ids: list[int]) -> Tokens:
        if len(ids) <= self.max_tokens:
            return Tokens(tuple(ids), truncated=False)
        return Tokens((*ids[: self.max_tokens - 1], ids[-1]), truncated=True)
