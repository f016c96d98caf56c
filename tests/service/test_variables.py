"""Environment variables, and what each refuses."""

import pytest

from service.variables import VariableError, read_number, read_seconds, read_size


@pytest.mark.parametrize("text", ["nan", "inf", "-1", "0", "soon", "1e9", "86401"])
def test_what_is_no_number_of_seconds_is_refused_with_its_variable(text):
    with pytest.raises(VariableError, match=f"START_SECONDS is '{text}'; it must be .* 86400"):
        read_seconds({"START_SECONDS": text}, "START_SECONDS", 180)


@pytest.mark.parametrize(("text", "seconds"), [("0.1", 0.1), ("600", 600), ("", 180)])
def test_seconds_are_a_number_above_zero(text, seconds):
    assert read_seconds({"START_SECONDS": text}, "START_SECONDS", 180) == seconds


@pytest.mark.parametrize(
    "text", ["2 GiB", "0", "9 KB", "-1 GB", "all", "1 TB", "1,5 GB", "100 MB.", "nan", "1e3 MB"]
)
def test_what_is_no_size_is_refused_with_its_variable(text):
    with pytest.raises(VariableError, match=f"LOG_SIZE is '{text}'; it must be .* KB, MB or GB"):
        read_size({"LOG_SIZE": text}, "LOG_SIZE", default="100 MB", lowest="10 KB")


@pytest.mark.parametrize(
    ("text", "size"),
    [("10 KB", 10240), ("10240", 10240), ("20k", 20480), ("1.5 gb", 3 * 2**29), ("", 100 * 2**20)],
)
def test_a_size_has_log4js_units(text, size):
    assert read_size({"LOG_SIZE": text}, "LOG_SIZE", default="100 MB", lowest="10 KB") == size


def test_a_default_is_not_judged_since_nobody_has_set_it():
    assert read_number({}, "WORKERS", 384, 1, 256) == 384
