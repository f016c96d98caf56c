"""Many of the largest bodies that the service takes, at once: what its memory has to hold.

``python -m scripts.flood 64`` asks the running service and counts how it answered. Each
body is a comment that is too long, so everything but 413 says that the memory did not suffice.
"""

import asyncio
import json
from collections import Counter
from typing import Annotated, Final

import typer

from benchmarks.contenders.torchserve import delivered_properties
from benchmarks.load.paced import send_all
from service.instance import Instance
from terminal.ending import FAILED, ending

_REFUSED: Final = "413"
_PATIENCE_SECONDS: Final = 300.0


@ending("flood")
def main(count: Annotated[int, typer.Argument(min=1, help="Bodies at once.")]) -> None:
    """Send COUNT bodies at once; 0 if each was refused with 413, 1 otherwise."""
    outcomes = flood(Instance.from_env().prediction_url, largest_body(), count)
    for outcome, times in outcomes.most_common():
        typer.echo(f"{times:>6,} x {outcome}")
    raise typer.Exit(0 if outcomes.keys() == {_REFUSED} else FAILED)


def largest_body() -> bytes:
    """A comment whose body has as many bytes as ``max_request_size`` lets through."""
    size = int(delivered_properties()["max_request_size"])
    around = len(json.dumps({"comment": ""}))
    return json.dumps({"comment": "x" * (size - around)}).encode()


def flood(url: str, body: bytes, count: int) -> Counter[str]:
    """How often each status, or kind of error, came of ``count`` posts of ``body`` at once."""
    requests = asyncio.run(send_all(url, [body], [0.0] * count, _PATIENCE_SECONDS))
    return Counter(request.outcome for request in requests)


if __name__ == "__main__":
    typer.run(main)
