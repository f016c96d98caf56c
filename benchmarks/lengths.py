"""Comments of an exact number of tokens, cut out of real ones."""

from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Final

from tokenizers import Tokenizer

from benchmarks.errors import BenchmarkError

_SPECIAL_TOKENS: Final = 2  # [CLS] and [SEP]


def comments_of_tokens(
    tokenizer_file: Path, comments: Sequence[str], tokens: int, count: int
) -> list[str]:
    """``count`` texts that are read as ``tokens`` tokens each, ``[CLS]`` and ``[SEP]`` included.

    Made of whole comments one after another, cut where the last token ends. Raises
    ``BenchmarkError`` where too few of the texts keep their number of tokens when cut.
    """
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    # A cut can change how the text before it is read, so that more are tried than are needed.
    found = list(islice(_cut(tokenizer, _streams(comments), tokens), count))
    if len(found) < count:
        raise BenchmarkError(f"the comments yield {len(found)} of {count} texts of {tokens} tokens")
    return found


def _streams(comments: Sequence[str]) -> Iterator[Iterator[str]]:
    """Each comment in turn, and what follows it."""
    for start in range(len(comments)):
        yield islice(cycle(comments), start, None)


def _cut(tokenizer: Tokenizer, streams: Iterator[Iterator[str]], tokens: int) -> Iterator[str]:
    wanted = tokens - _SPECIAL_TOKENS
    for stream in streams:
        text = next(stream)
        while len(encoding := tokenizer.encode(text, add_special_tokens=False)) < wanted:
            text = f"{text} {next(stream)}"
        end = encoding.offsets[wanted - 1][1]
        if len(tokenizer.encode(text[:end])) == tokens:
            yield text[:end]
