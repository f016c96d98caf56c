"""``make package``: ``model_store/goemotions.mar`` out of ``handler/`` and a model folder."""

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from goemotions.quantization import LARGEST_LOSS, Quantization
from scripts.archive_inputs import HANDLER, ArchiveInputs
from scripts.archive_plan import Quantize
from scripts.archive_version import MANIFEST
from scripts.checksum import ChecksumError, verify_checksum, write_checksum
from scripts.errors import OperationError
from scripts.instance import Instance

# The earliest time that a zip entry can have: a build must not depend on when it is made.
_ENTRY_TIME: Final = (1980, 1, 1, 0, 0, 0)
_CREATED_ON: Final = "01/01/1980 00:00:00"

_out = Console(highlight=False, soft_wrap=True)


def main(
    *,
    archive: Annotated[Path, typer.Option(help="Where to write it.")] = Path(
        "model_store/goemotions.mar"
    ),
    quantize: Annotated[
        Quantize, typer.Option(envvar="QUANTIZE", help="What the linear layers compute in.")
    ] = Quantize.AUTO,
    keep_altered: Annotated[
        bool,
        typer.Option(
            "--keep-altered",
            help="Leave an archive that is not the one that was built; a start refuses it.",
        ),
    ] = False,
) -> None:
    """Build the archive of the model folder MODEL, where what it is made from has changed."""
    try:
        inputs = ArchiveInputs.find(Instance.from_env().model, quantize)
        if is_current(archive, inputs) and (keep_altered or _is_as_built(archive)):
            if not keep_altered:
                _out.print(f"{archive} is up to date", markup=False)
            return
        steps = "exporting the encoder, packing"
        if quantize is Quantize.INT8:
            steps = f"exporting the encoder, comparing it in {quantize} on dev, packing"
        with _out.status(f"building {archive}: {steps}"):
            quantization = build_archive(inputs, archive)
    except (OperationError, OSError) as error:
        typer.echo(f"package: {error}", err=True)
        raise typer.Exit(2) from error
    size = archive.stat().st_size / 2**20
    _out.print(f"{archive} built: model {inputs.model_version()}, {size:.0f} MB", markup=False)
    if quantization is not None:
        _out.print(_report(quantization), markup=False)


def is_current(archive: Path, inputs: ArchiveInputs) -> bool:
    """Whether ``archive`` is there and was built from these very ``inputs``."""
    built_from = _inputs_file(archive)
    return (
        archive.is_file()
        and built_from.is_file()
        and built_from.read_text(encoding="ascii", errors="replace").strip() == inputs.digest()
    )


def build_archive(
    inputs: ArchiveInputs, archive: Path, *, largest_loss: float = LARGEST_LOSS
) -> Quantization | None:
    """Write ``archive``, its sha256 and its inputs' digest; the same inputs give the same bytes.

    Returns what quantisation costs, None where there is none. Raises ``ModelFolderError`` where
    the model can't be loaded or has no version, and ``OperationError`` where it can't be served
    as it is set, quantisation costs more than ``largest_loss`` of its hit rate, or
    torch-model-archiver fails. What was there before stays until all is made.
    """
    from scripts.archive_files import stage_files  # noqa: PLC0415 - torch takes seconds

    digest, version = inputs.digest(), inputs.model_version()
    archive.parent.mkdir(parents=True, exist_ok=True)
    # Beside the archive, so that it can be moved into place; of its own, since the archiver
    # empties TMPDIR/goemotions.
    with tempfile.TemporaryDirectory(prefix=".building-", dir=archive.parent) as name:
        folder = Path(name).absolute()
        quantization = stage_files(inputs, folder / "files", largest_loss)
        normal = folder / "normal.mar"
        _normalise(_pack(folder, version), normal)
        _inputs_file(archive).unlink(missing_ok=True)
        normal.replace(archive)
    write_checksum(archive)
    _inputs_file(archive).write_text(digest + "\n", encoding="ascii")
    return quantization


def _report(quantization: Quantization) -> str:
    return (
        f"{quantization.precision} on {quantization.comments} dev comments: hit rate "
        f"{quantization.hit_rate:.2%}, in fp32 {quantization.hit_rate_fp32:.2%}; "
        f"{quantization.changed_answers:.1%} of the answers differ"
    )


def _pack(folder: Path, version: str) -> Path:
    """Run torch-model-archiver over ``folder``/files; returns what it made."""
    packing = subprocess.run(
        [
            *(sys.executable, "-m", "model_archiver.model_packaging"),
            *("--model-name", "goemotions"),
            *("--version", version),
            *("--handler", str(HANDLER / "goemotions_handler.py")),
            *("--config-file", str(HANDLER / "model-config.yaml")),
            *("--extra-files", "files"),  # relative: it parts at commas and expands wildcards
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
        raise OperationError(f"torch-model-archiver ended with {packing.returncode}: {reason}")
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
            entry.create_system = 3  # Unix, wherever it is built
            normal.writestr(entry, content)


def _is_as_built(archive: Path) -> bool:
    try:
        verify_checksum(archive)
    except ChecksumError:
        return False
    return True


def _inputs_file(archive: Path) -> Path:
    return archive.with_name(f"{archive.name}.inputs")


if __name__ == "__main__":
    typer.run(main)
