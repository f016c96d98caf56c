"""The sha256 in a file beside an archive, in the format of ``sha256sum --check``."""

import hashlib
from pathlib import Path

from goemotions.errors import GoEmotionsError


class ChecksumError(GoEmotionsError):
    """An archive that is missing, or not the one that was built."""


def checksum_file(archive: Path) -> Path:
    """The file with the sum of ``archive``: ``NAME.mar.sha256``."""
    return archive.with_name(f"{archive.name}.sha256")


def sha256(file: Path) -> str:
    """The sum of ``file``'s bytes in lower-case hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_checksum(archive: Path) -> None:
    """Write the sum of ``archive`` beside it."""
    checksum_file(archive).write_text(f"{sha256(archive)}  {archive.name}\n", encoding="ascii")


def verify_checksum(archive: Path) -> str:
    """The sum of ``archive``; raises ``ChecksumError`` if it is not the one beside it."""
    if not archive.is_file():
        raise ChecksumError(f"there is no archive {archive}; build it: make package")
    expected_in = checksum_file(archive)
    if not expected_in.is_file():
        raise ChecksumError(
            f"{archive} has no {expected_in.name} beside it; build both: make package"
        )
    expected = expected_in.read_text(encoding="utf-8", errors="replace").partition(" ")[0].strip()
    found = sha256(archive)
    if found != expected:
        raise ChecksumError(
            f"{archive} is damaged or altered: its sha256 is {found[:16]}..., but "
            f"{expected_in.name} says {expected[:16]}...; build it anew: make package"
        )
    return found
