"""Other archives of this project: of other models, and in float32, built where they are stale."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from archive.build import build_archive, is_current
from archive.inputs import ArchiveInputs
from archive.plan import Quantize
from benchmarks import own_service
from benchmarks.console import Progress
from benchmarks.contender import Contender, Role
from benchmarks.contenders import CONTENDERS
from benchmarks.errors import BenchmarkError

_START_SECONDS: Final = 12
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
        """By which its contender goes: the folder's name, and the precision."""
        name = self.folder.resolve().name
        return name if self.quantize is Quantize.AUTO else f"{name}-{_PRECISIONS[self.quantize]}"


def own_models(delivered: Path, others: Sequence[Path], *, also_float32: bool) -> list[OwnModel]:
    """The models beside the delivered one as it is delivered.

    Raises ``BenchmarkError`` where two of them would go by one name.
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


def contenders_of(
    models: Sequence[OwnModel], archives: Path, progress: Progress
) -> list[Contender]:
    """A contender for each; what is not up to date in the folder ``archives`` is built first.

    Raises ``GoEmotionsError`` where a model can't be made into an archive.
    """
    return [_contender(model, _build(model, archives, progress)) for model in models]


def bare_in_float32(models: Sequence[OwnModel], contenders: Sequence[Contender]) -> list[Contender]:
    """The bare encoder of each of the models in float32: the ceiling of its contender."""
    (bare,) = (each for each in CONTENDERS if each.key == "bare")
    return [
        replace(
            bare,
            key=f"bare-{each.key}",
            name=f"bare encoder, {each.key.removeprefix('service-')}",
            archive=each.archive,
        )
        for model, each in zip(models, contenders, strict=True)
        if model.quantize is Quantize.NONE
    ]


def _build(model: OwnModel, archives: Path, progress: Progress) -> Path:
    archive = archives.absolute() / f"{model.key}.mar"
    inputs = ArchiveInputs.find(model.folder, model.quantize)
    if not is_current(archive, inputs):
        progress.begin(f"building the archive of {model.key}")
        build_archive(inputs, archive, largest_loss=_ANY_LOSS)
    return archive


def _contender(model: OwnModel, archive: Path) -> Contender:
    key = f"service-{model.key}"
    return Contender(
        key=key,
        name=f"goemotions-serve, {model.key}",
        about=f"this service with the model {model.folder}, {model.quantize}",
        role=Role.OURS,
        launch=own_service.launch_as(key),
        start_seconds=_START_SECONDS,
        archive=archive,
    )
