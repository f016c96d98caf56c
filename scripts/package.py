"""``make package``: ``model_store/goemotions.mar`` from ``handler/`` and a model folder."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from archive.build import build_archive, is_current
from archive.checksum import ChecksumError, verify_checksum
from archive.inputs import ArchiveInputs
from archive.plan import Quantize
from archive.quantization_cost import GoldComment, QuantizationError
from goemotions.quantization import Quantization
from service.instance import model_of
from service.variables import read_choice
from terminal.ending import ending

_out = Console(highlight=False, soft_wrap=True)


@ending("package")
def main(
    *,
    archive: Annotated[Path, typer.Option(help="Where to write it.")] = Path(
        "model_store/goemotions.mar"
    ),
    quantize: Annotated[
        str,
        typer.Option(
            envvar="QUANTIZE", help="What the linear layers compute in: auto, none or int8."
        ),
    ] = Quantize.AUTO,
    keep_altered: Annotated[
        bool,
        typer.Option(
            "--keep-altered",
            help="Leave an archive that is not the one that was built; a start refuses it.",
        ),
    ] = False,
) -> None:
    """Build the archive of the model folder MODEL, if what it is made from has changed."""
    wanted = Quantize(read_choice({"QUANTIZE": quantize}, "QUANTIZE", list(Quantize)))
    inputs = ArchiveInputs.find(model_of(), wanted)
    if is_current(archive, inputs) and (keep_altered or _is_as_built(archive)):
        if not keep_altered:
            _out.print(f"{archive} is up to date", markup=False)
        return
    steps = "exporting the encoder, packing"
    if wanted is Quantize.INT8:
        steps = f"exporting the encoder, comparing it in {wanted} on dev, packing"
    with _out.status(f"building {archive}: {steps}"):
        quantization = build_archive(inputs, archive, load_dev=load_dev)
    size = archive.stat().st_size / 2**20
    _out.print(f"{archive} built: model {inputs.model_version()}, {size:.0f} MB", markup=False)
    if quantization is not None:
        _out.print(_report(quantization), markup=False)


def load_dev() -> Sequence[GoldComment]:
    """GoEmotions' dev comments, to compare int8 with float32 on."""
    from evaluation.dataset import load_split  # noqa: PLC0415 - not needed for other builds
    from evaluation.gold import gold_comments  # noqa: PLC0415

    try:
        return gold_comments(load_split("dev"))
    except ModuleNotFoundError as error:
        raise QuantizationError(
            f"a quantised encoder is compared on GoEmotions, and to read it {error.name} is "
            "missing; install requirements/train.txt, or package with QUANTIZE=none"
        ) from error


def _report(quantization: Quantization) -> str:
    return (
        f"{quantization.precision} on {quantization.comments} dev comments: hit rate "
        f"{quantization.hit_rate:.2%}, in fp32 {quantization.hit_rate_fp32:.2%}; "
        f"{quantization.changed_answers:.1%} of the answers differ"
    )


def _is_as_built(archive: Path) -> bool:
    try:
        verify_checksum(archive)
    except ChecksumError:
        return False
    return True


if __name__ == "__main__":
    typer.run(main)
