"""The environment that TorchServe is started in."""

import pytest

from service.launch import encoding_for


@pytest.mark.parametrize(
    ("encoding", "paths", "is_changed"),
    [
        ("ANSI_X3.4-1968", "/logs/протокол", True),  # the locale C
        ("ANSI_X3.4-1968", "/logs", False),
        ("UTF-8", "/logs/протокол", False),
        ("KOI8-R", "/logs/протокол", False),  # Java takes each byte for the same letter as Python
        ("EUC-JP", "/logs/протокол", True),
    ],
)
def test_the_locale_is_changed_if_its_encoding_can_not_write_the_paths(
    encoding, paths, is_changed, monkeypatch
):
    monkeypatch.setattr("locale.getencoding", lambda: encoding)
    variables = encoding_for(paths)
    assert variables.get("LC_ALL") == ("C.UTF-8" if is_changed else None)
    assert variables["PYTHONUTF8"] == "1"
