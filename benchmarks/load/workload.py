"""The comments that every contender is asked about, and texts of an exact number of tokens."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import Final

from tokenizers import Tokenizer

from benchmarks.errors import BenchmarkError
from evaluation.comment_pool import CommentPool, Source, load_comments
from goemotions.preparation import prepare_text

Body = Callable[[str], object]
"""The JSON that a contender wants for a comment."""

_SPECIAL_TOKENS: Final = 2  # [CLS] and [SEP]


def load_workload(seed: int) -> CommentPool:
    """GoEmotions' test comments if they are at hand, else the bundled ones, shuffled by ``seed``.

    They are prepared as this service does it, which changes nothing for it and lets peers that
    know of no preparation read the same text. Raises ``DataUnavailableError``.
    """
    pool = load_comments(Source.AUTO)
    comments = [prepare_text(comment) for comment in pool.comments]
    Random(seed).shuffle(comments)  # noqa: S311 - an order, not a secret
    return replace(pool, comments=comments)


def write_bodies(file: Path, comments: Sequence[str], body: Body) -> Path:
    """Write the request body of each comment as a line of ``file``; returns ``file``."""
    lines = "".join(json.dumps(body(comment)) + "\n" for comment in comments)
    file.write_text(lines, encoding="utf-8")
    return file


def comments_of_tokens(
    tokenizer_file: Path, comments: Sequence[str], tokens: int, count: int
) -> list[str]:
    """``count`` texts that are read as ``tokens`` tokens each, ``[CLS]`` and ``[SEP]`` included.

    Made of whole comments one after another, cut where the last token ends. Raises
    ``BenchmarkError`` if too few of the texts keep their number of tokens when cut.
    """
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    # A cut can change how the text before it is read, so more are tried than are needed.
    found = list(islice(_cut(tokenizer, comments, tokens), count))
    if len(found) < count:
        raise BenchmarkError(f"the comments yield {len(found)} of {count} texts of {tokens} tokens")
    return found


def _cut(tokenizer: Tokenizer, comments: Sequence[str], tokens: int) -> Iterator[str]:
    wanted = tokens - _SPECIAL_TOKENS
    for start in range(len(comments)):
        following = islice(cycle(comments), start, None)
        text = next(following)
        while len(encoding := tokenizer.encode(text, add_special_tokens=False)) < wanted:
            text = f"{text} {next(following)}"
        end = encoding.offsets[wanted - 1][1]
        if len(tokenizer.encode(text[:end])) == tokens:
            yield text[:end]
