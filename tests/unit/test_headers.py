import pytest

from goemotions.headers import read_correlation_id, read_headers


def read(given):
    return read_correlation_id(read_headers(given))


@pytest.mark.parametrize("name", ["X-Correlation-Id", "x-correlation-id", "X-CORRELATION-ID"])
def test_the_headers_case_does_not_matter(name):
    assert read({"Accept": "*/*", name: "abc-1"}) == "abc-1"


@pytest.mark.parametrize("value", ["a", "x" * 128, "with spaces ~!"])
def test_1_to_128_printable_ascii_characters_are_an_id(value):
    assert read({"X-Correlation-Id": value}) == value


@pytest.mark.parametrize("value", ["", "x" * 129, "é", "a\r\nSet-Cookie: b", "a\n", "tab\t", 5])
def test_anything_else_is_ignored(value):
    assert read({"X-Correlation-Id": value}) is None


def test_no_header_is_no_id():
    assert read({}) is None


def test_a_forms_field_is_no_header():
    given = {"X-Correlation-Id": {"content-type": "text/plain"}, "Content-Type": "a/b"}
    assert read_headers(given) == {"content-type": "a/b"}
