"""The headers of a request, read from what TorchServe gives for them."""

import re
from collections.abc import Mapping
from typing import Final

CORRELATION_HEADER: Final = "X-Correlation-Id"

_VALID_CORRELATION_ID: Final = re.compile(r"[ -~]{1,128}")


def read_headers(given: Mapping[str, object]) -> dict[str, str]:
    """The headers by their names in lower case; empty over gRPC.

    TorchServe gives the names in the case that the client sent. It adds the fields of a form, whose
    values are not strings and which are left out here.
    """
    return {name.lower(): value for name, value in given.items() if isinstance(value, str)}


def read_correlation_id(headers: Mapping[str, str]) -> str | None:
    """The client's own id for its request, which the reply and the log line repeat.

    None if there is none, or if it is not 1 to 128 printable ASCII characters.
    """
    value = headers.get(CORRELATION_HEADER.lower(), "")
    return value if _VALID_CORRELATION_ID.fullmatch(value) else None
