"""The options of a run and of its users, each declared once: as a field of the class that holds it.

Nothing here imports Locust, which takes seconds: a command line is read before that.
"""

from argparse import SUPPRESS, ArgumentTypeError, BooleanOptionalAction, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple, Protocol, get_type_hints
from urllib.parse import urlsplit

from evaluation.comment_pool import Source
from service.instance import Instance

RESULTS: Final = Path(__file__).with_name("results")

# What the service that is bound to 127.0.0.1 is called on its own machine.
_THIS_MACHINE: Final = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})  # noqa: S104
_HTTP_PORT: Final = 80


class _Parser(Protocol):
    """argparse's parser, a group of it, or Locust's parser."""

    def add_argument(self, *flags: str, **settings: Any) -> object: ...  # noqa: ANN401


def at_least(
    least: float, kind: type[int] | type[float] = float, most: float = float("inf")
) -> Callable[[str], float]:
    """Reads a number from ``least`` to ``most``."""

    def read(text: str) -> float:
        value = kind(text)
        if not least <= value <= most:
            limit = f"at least {least:g}" + (
                f" and at most {most:g}" if most < float("inf") else ""
            )
            raise ArgumentTypeError(f"{text} is not {limit}")
        return value

    read.__name__ = kind.__name__  # argparse tells it of a text that is no number
    return read


class Option(NamedTuple):
    """What makes a dataclass field an option: its help, and ``kind``, which reads its value."""

    help: str
    kind: Callable[[str], Any]


_ANY: Final = at_least(0)
_COUNT: Final = at_least(0, int)
_PORT: Final = at_least(0, int, 65535)


@dataclass(frozen=True, slots=True)
class UserOptions:
    """The behaviour of users. Waiting times are seconds.

    ``arrivals`` is how many requests each user sends a second, whether or not the earlier ones
    were answered (an open load). At 0 each user waits for its answer first (a closed load), and
    then for a time drawn from ``wait_min`` to ``wait_max``.
    """

    arrivals: Annotated[
        float, Option("requests a second of each user, answered or not; 0: one by one", _ANY)
    ] = 0.0
    wait_min: Annotated[float, Option("seconds to wait after an answer, at least", _ANY)] = 0.0
    wait_max: Annotated[float, Option("seconds to wait after an answer, at most", _ANY)] = 0.0
    comments: Annotated[
        Source, Option("which comments; auto: GoEmotions if GOEMOTIONS_DIR is set", Source)
    ] = Source.AUTO
    seed: Annotated[int, Option("the same seed draws the same comments", int)] = 1


@dataclass(frozen=True, slots=True)
class RunOptions:
    """The service to be loaded, Locust's processes and page, and where results go.

    ``remote_workers`` are started elsewhere, by hand; the run waits for them.
    """

    host: Annotated[str | None, Option("its inference API (that of INFERENCE_PORT)", str)] = None
    log_dir: Annotated[Path | None, Option("its prediction log's folder (LOG_DIR)", Path)] = None
    completeness: Annotated[bool, Option("count the log's lines against the answers", bool)] = True
    web: Annotated[bool, Option("Locust's web page, at 127.0.0.1", bool)] = True
    web_port: Annotated[int, Option("the web page's port", _PORT)] = 8089
    wait: Annotated[bool, Option("begin at START on the web page, not at once", bool)] = False
    workers: Annotated[int, Option("worker processes here; 0: all in this one", _COUNT)] = 0
    remote_workers: Annotated[int, Option("workers that are started elsewhere", _COUNT)] = 0
    master_host: Annotated[str, Option("the address that workers connect to", str)] = "127.0.0.1"
    master_port: Annotated[int, Option("its port; 0: any that is free", _PORT)] = 0
    name: Annotated[str | None, Option("the results folder's (the scenario's)", str)] = None
    results: Annotated[Path, Option("where results folders go", Path)] = RESULTS
    plots: Annotated[bool, Option("draw the pictures", bool)] = True


def add_options(parser: _Parser, holder: type, *, with_defaults: bool) -> None:
    """Add the options of the dataclass ``holder`` to ``parser``.

    Without defaults, the namespace gets what is on the command line and nothing else.
    """
    for name, own in _options(holder).items():
        default = getattr(holder(), name)
        settings: dict[str, Any] = {"default": default if with_defaults else SUPPRESS}
        if own.kind is bool:
            settings["action"] = BooleanOptionalAction if default else "store_true"
        elif isinstance(own.kind, type) and issubclass(own.kind, StrEnum):
            settings["choices"] = [str(value) for value in own.kind]
        else:
            settings["type"] = own.kind
        told = "" if default is None or isinstance(default, bool) else f" ({default})"
        parser.add_argument("--" + name.replace("_", "-"), help=own.help + told, **settings)


def given(parsed: Namespace, holder: type) -> dict[str, Any]:
    """The options of ``holder`` that ``parsed`` has, by name."""
    return {
        name: own.kind(value)  # once more, if Locust has read it already
        for name, own in _options(holder).items()
        if (value := getattr(parsed, name, None)) is not None
    }


def address_of(host: str | None, instance: Instance) -> str:
    """The URL of ``host``, or of ``instance`` if there is none, with no slash at its end.

    Every name of ``instance`` gives its ``inference_url``; without a scheme, it is HTTP.
    """
    if host is None or _is_own(url := host if "://" in host else f"http://{host}", instance):
        return instance.inference_url
    return url.rstrip("/")


def _options(holder: type) -> dict[str, Option]:
    hints = get_type_hints(holder, include_extras=True)
    return {
        name: extra
        for name, hint in hints.items()
        for extra in getattr(hint, "__metadata__", ())
        if isinstance(extra, Option)
    }


def _is_own(url: str, instance: Instance) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port or _HTTP_PORT
    except ValueError:  # no URL, which the first request to it says
        return False
    return (
        parts.scheme == "http"
        and parts.hostname in _THIS_MACHINE
        and port == instance.inference_port
        and not parts.path.strip("/")
    )
