"""The headers of a request, out of what TorchServe gives for them."""

import re
from collections.abc import Mapping
from typing import Final

CORRELATION_HEADER: Final = "X-Correlation-Id"

_VALID_CORRELATION_ID: Final = re.compile(r"[ -~]{1,128}")


def read_headers(given: Mapping[str, object]) -> dict[str, str]:
    """The headers by name in lower case; none over gRPC.

    TorchServe gives names in the case that the client sent, and puts the fields of a form among
    them, with values that are no strings.
    """
    return {name.lower(): value for name, value in given.items() if isinstance(value, str)}


def read_correlation_id(headers: Mapping[str, str]) -> str | None:
    """The client's own id for its request, by which it finds it in replies and logs.

    1 to 128 printable ASCII characters; another is ignored, and None as if there were none.
    """
    value = headers.get(CORRELATION_HEADER.lower(), "")
    return value if _VALID_CORRELATION_ID.fullmatch(value) else None
