"""A log folder after an end in the wrong moment: each line whole, and there once."""

import gzip
import os

import pytest

from service.logs.mending import mend_logs

LINES = b"".join(b'{"time": "t", "text": "%d {\\"time\\": \\"t\\"}"}\n' % n for n in range(200))
ROTATED = "predictions.2026-11-28.1.log"


@pytest.mark.parametrize(
    "half", [b"{", b'{"ti', b'{"time": "', b'{"time": "t", "te', b'{"time": "t", "text": "1"}']
)
@pytest.mark.parametrize("rest", [b"", b'{"time": "u"}\n{"time": "v"}\n'])
def test_a_half_line_goes_and_the_whole_ones_stay(half, rest, tmp_path):
    log = tmp_path / "predictions.log"
    log.write_bytes(LINES + half + rest)
    mend_logs(tmp_path)
    assert log.read_bytes() == LINES + rest
    assert [*tmp_path.iterdir()] == [log]


@pytest.mark.parametrize("content", [b"", LINES])
def test_a_log_of_whole_lines_is_left_as_it_is(content, tmp_path):
    log = tmp_path / "predictions.log"
    log.write_bytes(content)
    before = log.stat()
    mend_logs(tmp_path)
    assert log.read_bytes() == content
    assert log.stat().st_ino == before.st_ino


@pytest.mark.parametrize("left_of_archive", [None, 0, 60, "all"])
def test_a_broken_compression_is_made_anew_with_each_line_once(left_of_archive, tmp_path):
    log, archive = tmp_path / ROTATED, tmp_path / f"{ROTATED}.gz"
    log.write_bytes(LINES + b'{"time": "')
    os.utime(log, (1e9, 1e9))
    if left_of_archive is not None:
        whole = gzip.compress(LINES)
        archive.write_bytes(whole if left_of_archive == "all" else whole[:left_of_archive])
    mend_logs(tmp_path)
    assert [*tmp_path.iterdir()] == [archive]
    assert gzip.decompress(archive.read_bytes()) == LINES
    assert archive.stat().st_mtime == 1e9  # by which it is deleted when it is old


@pytest.mark.parametrize("name", ["model_log.2026-11-28.2.log", "ts_log.2026-11-28.3.log"])
def test_the_other_logs_are_compressed_as_they_are(name, tmp_path):
    (tmp_path / name).write_bytes(b"any\nhalf")
    mend_logs(tmp_path)
    assert gzip.decompress((tmp_path / f"{name}.gz").read_bytes()) == b"any\nhalf"


@pytest.mark.parametrize("name", ["predictions.mine.log", "console.log", "predictions.log.1"])
def test_files_that_no_rotation_has_left_stay(name, tmp_path):
    (tmp_path / name).write_bytes(b"half")
    mend_logs(tmp_path)
    assert (tmp_path / name).read_bytes() == b"half"


def test_what_can_not_be_mended_waits_for_the_next_start(tmp_path, monkeypatch):
    (tmp_path / ROTATED).write_bytes(LINES)

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("service.logs.mending.shutil.copyfileobj", full)
        mend_logs(tmp_path)
    assert [*tmp_path.iterdir()] == [tmp_path / ROTATED]
    mend_logs(tmp_path)
    assert gzip.decompress((tmp_path / f"{ROTATED}.gz").read_bytes()) == LINES
