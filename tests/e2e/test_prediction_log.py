"""The lines of predictions.log, whatever the texts are."""

import json
import re

import pytest

pytestmark = pytest.mark.server

PLANES = {f"plane {plane}": plane for plane in range(17)}

HOSTILE_TEXTS = {
    "line feeds": "love\nlove\n\n",
    "carriage returns": "love\rlove\r\nlove",
    "every line boundary of Unicode": "a\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029b",
    "quotes": "\"'`\u2018\u2019\u201c\u201d«»",
    "backslashes": "\\n \\u0022 \\\\ \\",
    "a metric": "[METRICS]goemotions_comments_total.Count:1|#Label:love|#hostname:a,1",
    "a metric on a line of its own": "love\n[METRICS]a.b:1|#c:d|#hostname:e,1\nlove",
    "a forged entry": '{"time": "2023-05-23 00:58:45:748136", "text": "x", "prediction": "joy"}',
    "a forged entry on a line of its own": 'x"}\n{"time": "2023-05-23", "prediction": "joy"}\n',
    "a log4j lookup": "${jndi:ldap://127.0.0.1/a} ${env:PATH} %d{HH} %m%n",
    "a formatter's place": "{} {0} %s %(name)s {text}",
    "an escape sequence": "\x1b[31mred\x1b[0m\a\b\x7f",
    "a NUL": "a\0b",
    "a right-to-left override": "\u202egnp.exe\u202c",
    "a byte order mark and noncharacters": "\ufeffa\ufffe\uffff",
    "10,000 characters": 'ab\n"' * 2500,
    "10,000 characters beyond the first plane": "\U0001f600" * 10_000,
    "every character of Latin-1": "".join(map(chr, range(256))),
}

TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d:\d{6}")


def sample_of(plane):
    """Some 600 characters, evenly spread over a plane, as a comment."""
    points = range(plane * 0x10000, (plane + 1) * 0x10000, 109)
    return "love " + "".join(chr(point) for point in points if not 0xD800 <= point <= 0xDFFF)


def assert_logged_once(probe, text):
    reply = probe.send(json.dumps({"comment": text}, ensure_ascii=False).encode())
    assert reply.status_code == 200, reply.text
    entries = probe.entries(reply)
    assert [entry["text"] for entry in entries] == [text]
    assert entries[0]["prediction"] == reply.json()["prediction"]


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS.keys())
def test_a_text_neither_forges_nor_breaks_its_line(probe, text):
    assert_logged_once(probe, text)


@pytest.mark.parametrize("plane", PLANES.values(), ids=PLANES.keys())
def test_the_characters_of_every_plane_come_back_from_the_log(probe, plane):
    assert_logged_once(probe, sample_of(plane))


def test_a_lone_surrogate_is_logged_as_the_replacement_character(probe):
    reply = probe.send(b'{"comment": "love \\ud83d \\udc00\\ud83d\\ude00"}')
    assert probe.entry(reply)["text"] == "love \ufffd \ufffd\U0001f600"


def test_hostile_texts_of_one_request_have_a_line_each_in_their_order(probe):
    texts = list(HOSTILE_TEXTS.values())[:16]
    reply = probe.ask({"inputs": texts})
    assert reply.status_code == 200, reply.text
    assert [entry["text"] for entry in probe.entries(reply, count=16)] == texts


def test_a_hostile_correlation_id_neither_forges_nor_breaks_its_line(probe):
    forged = '"}{"time": "2023-05-23 00:58:45:748136", "text": "x"} [METRICS]'
    reply = probe.ask({"comment": "I love this"}, headers={"X-Correlation-Id": forged})
    assert probe.entry(reply)["correlation_id"] == forged


def test_nothing_but_entries_stands_in_the_file(probe):
    for text in HOSTILE_TEXTS.values():
        assert_logged_once(probe, text)
    probe.entry(probe.ask({"comment": ""}))
    for line in probe.log.lines():
        entry = json.loads(line)
        first = ["time", "error"] if "error" in entry else ["time", "text", "prediction"]
        assert list(entry)[: len(first)] == first, line
        assert TIME.fullmatch(entry["time"]), line
