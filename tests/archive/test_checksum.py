"""The sum beside an archive."""

import pytest

from archive.checksum import ChecksumError, checksum_file, verify_checksum, write_checksum


@pytest.fixture
def archive(tmp_path):
    file = tmp_path / "some.mar"
    file.write_bytes(b"an archive")
    write_checksum(file)
    return file


def test_an_archive_as_it_was_built_is_accepted(archive):
    assert checksum_file(archive).read_text() == f"{verify_checksum(archive)}  some.mar\n"


@pytest.mark.parametrize("content", [b"an archivf", b"an archive\0", b"an arch", b""])
def test_an_altered_archive_is_refused(content, archive):
    archive.write_bytes(content)
    with pytest.raises(ChecksumError, match=r"some.mar is damaged or altered: .* make package"):
        verify_checksum(archive)


def test_an_archive_that_is_not_there_is_refused(archive):
    archive.unlink()
    with pytest.raises(ChecksumError, match=r"no archive .*some.mar; .* make package"):
        verify_checksum(archive)


@pytest.mark.parametrize("sum_", [None, "", "\n", "\xff"])
def test_an_archive_without_a_sum_is_refused(sum_, archive):
    file = checksum_file(archive)
    file.unlink()
    if sum_ is not None:
        file.write_text(sum_, encoding="latin-1")
    with pytest.raises(ChecksumError, match=r"some\.mar.*make package"):
        verify_checksum(archive)
