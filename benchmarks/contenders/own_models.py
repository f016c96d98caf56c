"""Other archives of this project: of other models and in float32, built if they are stale."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from archive.build import build_archive, is_current
from archive.inputs import ArchiveInputs
from archive.plan import Quantize
from benchmarks.contenders.contender import Contender, Role
from benchmarks.contenders.lineup import BARE
from benchmarks.contenders.torchserve import launch_as
from benchmarks.errors import BenchmarkError

# All of it: what quantisation costs is shown here, not judged.
_ANY_LOSS: Final = 1.0
_PRECISIONS: Final = {Quantize.NONE: "float32", Quantize.INT8: "int8"}


@dataclass(frozen=True, slots=True)
class OwnModel:
    """A model folder, and what its encoder is quantised to: ``AUTO`` as it is delivered."""

    folder: Path
    quantize: Quantize

    @property
    def key(self) -> str:
        """The folder's name and the precision, from which its contender's key is made."""
        name = self.folder.resolve().name
        return name if self.quantize is Quantize.AUTO else f"{name}-{_PRECISIONS[self.quantize]}"


def own_models(delivered: Path, others: Sequence[Path], *, also_float32: bool) -> list[OwnModel]:
    """The models beside the delivered one as it is delivered.

    Raises ``BenchmarkError`` if two of them would have one name.
    """
    found = [OwnModel(folder, Quantize.AUTO) for folder in others]
    if also_float32:
        found += [OwnModel(folder, Quantize.NONE) for folder in (delivered, *others)]
    keys = [model.key for model in found]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise BenchmarkError(
            f"two models are called {', '.join(twice)}; give their folders names of their own"
        )
    return found


def own_contenders(
    models: Sequence[OwnModel], archives: Path, begin: Callable[[str], None]
) -> list[Contender]:
    """This service with each of the models, then the bare encoder of each one in float32.

    An archive that is not up to date in the folder ``archives`` is built first, of which ``begin``
    is told. Raises ``GoEmotionsError`` if a model can't be made into an archive.
    """
    services = [
        Contender(
            key=f"service-{model.key}",
            name=f"goemotions-serve, {model.key}",
            about=f"this service with the model {model.folder}, {model.quantize}",
            role=Role.OURS,
            launch=launch_as(f"service-{model.key}"),
            archive=_build(model, archives, begin),
        )
        for model in models
    ]
    bare = [
        replace(
            BARE,
            key=f"bare-{each.key}",
            name=f"bare encoder, {model.key}",
            archive=each.archive,
        )
        for model, each in zip(models, services, strict=True)
        if model.quantize is Quantize.NONE
    ]
    return [*services, *bare]


def _build(model: OwnModel, archives: Path, begin: Callable[[str], None]) -> Path:
    archive = archives.absolute() / f"{model.key}.mar"
    inputs = ArchiveInputs.find(model.folder, model.quantize)
    if not is_current(archive, inputs):
        begin(f"building the archive of {model.key}")
        build_archive(inputs, archive, largest_loss=_ANY_LOSS)
    return archive
