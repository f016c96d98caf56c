"""Generated request bodies that no well-meaning client sends."""

import json
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

# No forms: TorchServe parses them itself, and answers 500 if it can't, before any worker.
# test_hostile.py has some by themselves.
CONTENT_TYPES = [
    "application/json",
    "application/json",  # twice: the one that matters most
    "application/json; charset=utf-8",
    "application/json; charset=utf-16",
    "Application/JSON;;",
    "application/octet-stream",
    "text/plain",
    "text/plain; charset=nope",
    "text/html",
    "image/png",
    "nonsense",
    "",
]


@dataclass(frozen=True)
class HostileRequest:
    """One request; ``headers`` beside its content type."""

    body: bytes
    content_type: str
    method: str = "POST"
    headers: dict[str, str] = field(default_factory=dict)


any_text = st.text(st.characters(codec=None), max_size=40)  # surrogates among it
spaces = st.text(" \t\r\n\u00a0\u2028\u3000", max_size=5)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text | spaces,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["comment", "inputs", "parameters"]) | any_text, inner)
    ),
    max_leaves=8,
)
parameters = st.dictionaries(
    st.sampled_from(["top_k", "taxonomy", "function_to_apply", "truncation"]),
    json_values | st.sampled_from(["served", "original", "softmax", 3, 14, 28]),
    max_size=3,
)
plain_forms = st.fixed_dictionaries({"comment": json_values | any_text}) | st.dictionaries(
    st.sampled_from(["comment", "Comment", "text"]), json_values, max_size=3
)
scores_forms = st.fixed_dictionaries(
    {"inputs": json_values | any_text | st.lists(any_text | spaces, max_size=70)},
    optional={"parameters": parameters | json_values, "options": json_values},
)
documents = st.builds(
    lambda document, ascii_only: json.dumps(document, ensure_ascii=ascii_only).encode(
        "utf-8", "surrogatepass"
    ),
    json_values | plain_forms | scores_forms,
    st.booleans(),
)


@st.composite
def damaged_documents(draw):
    """A document with a part of it cut out or overwritten."""
    document = draw(documents)
    start = draw(st.integers(0, len(document)))
    end = draw(st.integers(start, len(document)))
    return document[:start] + draw(st.binary(max_size=4)) + document[end:]


nested_documents = st.builds(
    lambda opening, depth, closing: opening * depth + closing * depth,
    st.sampled_from([b"[", b'{"comment":', b'{"inputs":[', b'[{"":']),
    st.integers(1, 4000),
    st.sampled_from([b"", b"]", b"}", b"]}"]),
)
long_documents = st.builds(
    lambda form, part, times: (form % (part * times)).encode("utf-8", "surrogatepass"),
    st.sampled_from(['{"comment": "%s"}', '{"inputs": ["a", "%s"]}', "%s", '{"comment": %s}']),
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=10) | st.just("1"),
    st.integers(1_000, 20_000),
)


bodies = st.one_of(
    st.binary(max_size=300),
    any_text.map(lambda text: text.encode("utf-8", "surrogatepass")),
    documents,
    documents,
    damaged_documents(),
    damaged_documents(),
    nested_documents,
    long_documents,
)
requests = st.builds(
    HostileRequest,
    bodies,
    st.sampled_from(CONTENT_TYPES),
    st.sampled_from(["POST", "POST", "POST", "PUT", "DELETE"]),
    st.dictionaries(
        st.sampled_from(["describe", "explain", "ts_request_sequence_id", "X-Correlation-Id"]),
        st.sampled_from(["True", "true", '{"forged": "line"}', "[METRICS]a.b:1|c"]),
        max_size=2,
    ),
)


def generate(count: int) -> list[HostileRequest]:
    """``count`` hostile requests with different bodies, the same ones each time."""
    generated: dict[bytes, HostileRequest] = {}

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(requests)
    def keep(request):
        assume(request.body not in generated)
        generated[request.body] = request

    keep()
    return list(generated.values())
