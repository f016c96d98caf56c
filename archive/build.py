"""An archive from `handler/` and a model folder, the same bytes from the same inputs."""

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Final

from archive.checksum import write_checksum
from archive.inputs import HANDLER, ArchiveInputs
from archive.quantization_cost import LARGEST_LOSS, LoadComments, no_comments
from archive.version import MANIFEST
from goemotions.errors import GoEmotionsError
from goemotions.quantization import Quantization

# The earliest time that a zip entry can have: a build must not depend on when it is made.
_ENTRY_TIME: Final = (1980, 1, 1, 0, 0, 0)
_CREATED_ON: Final = "01/01/1980 00:00:00"


def is_current(archive: Path, inputs: ArchiveInputs) -> bool:
    """Whether ``archive`` exists and was built from these very ``inputs``."""
    built_from = _inputs_file(archive)
    return (
        archive.is_file()
        and built_from.is_file()
        and built_from.read_text(encoding="ascii", errors="replace").strip() == inputs.digest()
    )


def build_archive(
    inputs: ArchiveInputs,
    archive: Path,
    *,
    load_dev: LoadComments = no_comments,
    largest_loss: float = LARGEST_LOSS,
) -> Quantization | None:
    """Write ``archive``, its sha256 and its inputs' digest; the same inputs give the same bytes.

    ``load_dev`` is called if int8 has to be compared with float32 first. Returns the cost of
    quantisation, or None if the graph is in float32. Raises ``ModelFolderError`` if the model can't
    be loaded or has no version, and ``GoEmotionsError`` if it can't be served as it is set,
    quantisation costs more than ``largest_loss`` of its hit rate, or torch-model-archiver fails.
    An archive that was there before stays until the new one is whole.
    """
    digest, version, kinds = inputs.digest(), inputs.model_version(), inputs.plan()
    dev = load_dev() if inputs.needs_comparison else []
    from archive.files import stage_files  # noqa: PLC0415 - torch takes seconds

    archive.parent.mkdir(parents=True, exist_ok=True)
    # Beside the archive, so that it can be moved into place; a new folder, since the archiver
    # empties TMPDIR/goemotions.
    with tempfile.TemporaryDirectory(prefix=".building-", dir=archive.parent) as name:
        folder = Path(name).absolute()
        quantization = stage_files(inputs, kinds, folder / "files", dev, largest_loss)
        normal = folder / "normal.mar"
        _normalise(_pack(folder, version), normal)
        _inputs_file(archive).unlink(missing_ok=True)
        normal.replace(archive)
    write_checksum(archive)
    _inputs_file(archive).write_text(digest + "\n", encoding="ascii")
    return quantization


def _pack(folder: Path, version: str) -> Path:
    """Run torch-model-archiver over ``folder``/files; returns what it made."""
    packing = subprocess.run(
        [
            *(sys.executable, "-m", "model_archiver.model_packaging"),
            *("--model-name", "goemotions"),
            *("--version", version),
            *("--handler", str(HANDLER / "goemotions_handler.py")),
            *("--config-file", str(HANDLER / "model-config.yaml")),
            *("--extra-files", "files"),  # relative: it splits at commas and expands wildcards
            *("--archive-format", "zip-store"),
            *("--export-path", str(folder)),
            "--force",
        ],
        cwd=folder,
        env={**os.environ, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    if packing.returncode:
        reason = (packing.stderr.strip().splitlines() or ["it printed nothing"])[-1]
        raise GoEmotionsError(f"torch-model-archiver ended with {packing.returncode}: {reason}")
    return folder / "goemotions.mar"


def _normalise(archive: Path, target: Path) -> None:
    """Rewrite ``archive``: entries in order of their names, uncompressed, with no time in them.

    Uncompressed, since what a compressor makes depends on its version.
    """
    with zipfile.ZipFile(archive) as found:
        entries = {name: found.read(name) for name in sorted(found.namelist())}
    manifest = json.loads(entries[MANIFEST])
    entries[MANIFEST] = json.dumps({**manifest, "createdOn": _CREATED_ON}, indent=2).encode()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as normal:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name, _ENTRY_TIME)
            entry.external_attr = 0o644 << 16
            entry.create_system = 3  # Unix, on whatever system it is built
            normal.writestr(entry, content)


def _inputs_file(archive: Path) -> Path:
    return archive.with_name(f"{archive.name}.inputs")
