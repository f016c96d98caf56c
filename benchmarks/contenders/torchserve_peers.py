"""TorchServe without this service: as it comes, with a padded handler; and with an empty one."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from archive.checksum import write_checksum
from benchmarks.contenders.contender import Options, Running
from benchmarks.contenders.own_service import delivered_properties, serve, write_properties
from benchmarks.contenders.setup import PACKAGES, Setup
from benchmarks.errors import ContenderError
from service.start import Configuration

_HANDLERS: Final = Path(__file__).with_name("peers")
_PACKING_SECONDS: Final = 120.0
# Addresses; and tokens are not a question of speed, and would need a client that knows them.
_KEPT: Final = ("_address", "_port", "disable_token_authorization")


@contextmanager
def launch_empty(setup: Setup, _options: Options) -> Iterator[Running]:
    """This service's configuration and batching, with a handler that does nothing."""
    files = {"model-config.yaml": setup.unpacked / "model-config.yaml"}
    archive = _pack(setup, "empty_handler", files, "--config-file", "model-config.yaml")
    with serve(setup, archive, "torchserve-empty") as server:
        yield server


@contextmanager
def launch_stock(setup: Setup, _options: Options) -> Iterator[Running]:
    """TorchServe's defaults, with a handler in the manner of its own transformers example."""
    files = {file.name: file for file in sorted(setup.weights.iterdir())}
    archive = _pack(setup, "padded_handler", files, "--extra-files", ",".join(files))
    delivered = delivered_properties()
    kept = {name: value for name, value in delivered.items() if name.endswith(_KEPT)}
    properties = write_properties(setup.folder / "stock.properties", kept)
    configuration = Configuration(properties, None, None, {"PYTHONPATH": PACKAGES}, kept=False)
    with serve(setup, archive, "torchserve-stock", configuration) as server:
        yield server


def _pack(setup: Setup, handler: str, files: Mapping[str, Path], *options: str) -> Path:
    """Make an archive of ``handler`` and ``files``, once; raises ``ContenderError``."""
    folder = setup.folder / handler
    archive = folder / "store" / "goemotions.mar"
    if archive.is_file():
        return archive
    archive.parent.mkdir(parents=True)
    for name, file in files.items():
        shutil.copyfile(file, folder / name)
    command = [
        *(sys.executable, "-m", "model_archiver.model_packaging"),
        *("--model-name", "goemotions", "--version", "1.0", *options),
        *("--handler", str(_HANDLERS / f"{handler}.py"), "--export-path", str(archive.parent)),
    ]
    env = {**os.environ, "TMPDIR": str(folder)}  # where it makes and removes a folder `goemotions`
    try:
        subprocess.run(
            command, cwd=folder, env=env, check=True, capture_output=True, timeout=_PACKING_SECONDS
        )
    except subprocess.SubprocessError as error:
        raise ContenderError(f"torch-model-archiver could not pack {handler}: {error}") from error
    write_checksum(archive)
    return archive
