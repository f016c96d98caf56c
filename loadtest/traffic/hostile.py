"""Invalid requests and odd texts, each with the refusal or the answer that it must get.

Sizes hold for the default settings: 10,000 characters a comment, 64 comments a request.
"""

import json
from typing import Final

from goemotions.rejection import MALFORMED_ERROR
from loadtest.traffic.exchanges import Exchange
from loadtest.traffic.replies import Prediction, Refusal

_MALFORMED: Final = Refusal(400, MALFORMED_ERROR)
_INVALID: Final = Refusal(400)
_TOO_LARGE: Final = Refusal(413)

_DOCUMENTS: Final[dict[str, tuple[object, Refusal | Prediction]]] = {
    "an extra key": ({"comment": "I love this", "lang": "en"}, _MALFORMED),
    "no key": ({}, _MALFORMED),
    "another key": ({"text": "I love this"}, _MALFORMED),
    "a number for a comment": ({"comment": 5}, _MALFORMED),
    "null for a comment": ({"comment": None}, _MALFORMED),
    "a list for a comment": ({"comment": ["I love this"]}, _MALFORMED),
    "an empty comment": ({"comment": ""}, _MALFORMED),
    "a blank comment": ({"comment": " \t\n"}, _MALFORMED),
    "a JSON string": ("I love this", _MALFORMED),
    "a JSON number": (5, _MALFORMED),
    "a JSON array": (["I love this"], _MALFORMED),
    "JSON true": (True, _MALFORMED),
    "JSON null": (None, _MALFORMED),
    "a comment too long": ({"comment": "x" * 10_001}, _TOO_LARGE),
    "no inputs": ({"inputs": []}, _INVALID),
    "a blank input": ({"inputs": ["I love this", " "]}, _INVALID),
    "an input too long": ({"inputs": ["I love this", "x" * 10_001]}, _TOO_LARGE),
    "too many inputs": ({"inputs": ["I love this"] * 65}, _TOO_LARGE),
    "an unknown parameter": ({"inputs": "I love this", "parameters": {"k": 1}}, _INVALID),
    "top_k of zero": ({"inputs": "I love this", "parameters": {"top_k": 0}}, _INVALID),
    "a lone surrogate": ({"comment": "I \ud800 love this"}, Prediction()),
    "a NUL": ({"comment": "I \0 love this"}, Prediction()),
    "emoji": ({"comment": "\U0001f602\U0001f44d\U0001f3fd"}, Prediction()),
    "right-to-left text": ({"comment": "\u202eI love this\u202c"}, Prediction()),
    "5,000 combining marks": ({"comment": "e" + "\u0301" * 5_000}, Prediction()),
    "a log line look-alike": ({"comment": '"}\n{"prediction": "joy"}\n[METRICS]'}, Prediction()),
}

_BODIES: Final[dict[str, bytes]] = {
    "malformed JSON": b'{"comment": "I love this"',
    "bytes that are not UTF-8": b'{"comment": "\xff\xfe"}',
    "UTF-16": '{"comment": "I love this"}'.encode("utf-16"),
    "no body": b"",
}

HOSTILE: Final[tuple[Exchange, ...]] = (
    *(
        Exchange(name, json.dumps(document).encode(), expected)
        for name, (document, expected) in _DOCUMENTS.items()
    ),
    *(Exchange(name, body, _MALFORMED) for name, body in _BODIES.items()),
)
