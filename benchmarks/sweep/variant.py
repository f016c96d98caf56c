"""A setting made real: a configuration, an archive with its own model-config.yaml, a contender."""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Self

import yaml

from archive.checksum import write_checksum
from archive.inputs import REPOSITORY
from benchmarks.contenders.contender import Contender, Options, Role
from benchmarks.contenders.own_service import TorchServe, serve
from benchmarks.contenders.setup import Setup
from benchmarks.sweep.setting import (
    SweepSetting,
    merge_vmargs,
    property_of,
    with_properties,
    with_serving,
)
from service.start import Configuration

_SERVING: Final = "model-config.yaml"
_START_SECONDS: Final = 6


@dataclass(frozen=True, slots=True)
class Variant:
    """All that a start of a setting depends on; two alike measure the same thing."""

    properties: str
    serving: Mapping[str, Any]
    workers: int
    env: Mapping[str, str]

    @classmethod
    def of(cls, setting: SweepSetting, setup: Setup) -> Self:
        """What ``setting`` makes of the repository's configuration and the archive's."""
        delivered = (REPOSITORY / "config.properties").read_text(encoding="utf-8")
        properties = with_properties(delivered, setting.properties)
        before = property_of(delivered, "vmargs").split()
        if (vmargs := merge_vmargs(before, setting.vmargs)) != before:
            properties = with_properties(properties, {"vmargs": " ".join(vmargs)})
        return cls(
            properties=properties,
            serving=with_serving(setup.serving, setting.serving),
            workers=setting.workers or setup.cores,
            env=setting.env,
        )

    def archive(self, setup: Setup) -> Path:
        """The archive to serve: the setup's own, or one made of it in a folder of its own."""
        if self.serving == setup.serving:
            return setup.archive
        # One at a time is enough: an archive is only read while its setting has its turn.
        archive = setup.folder / "variant" / "goemotions.mar"
        archive.parent.mkdir(exist_ok=True)
        with (
            zipfile.ZipFile(setup.archive) as delivered,
            zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as made,
        ):
            for name in delivered.namelist():
                if name != _SERVING:
                    made.writestr(name, delivered.read(name))
            made.writestr(_SERVING, yaml.safe_dump(dict(self.serving), sort_keys=False))
        write_checksum(archive)
        return archive

    @contextmanager
    def serve(self, setup: Setup, key: str) -> Iterator[TorchServe]:
        """The real service with it; raises ``GoEmotionsError`` if that does not start."""
        properties = setup.folder / "variant.properties"
        properties.write_text(self.properties, encoding="utf-8")
        configuration = Configuration(properties, env=self.env)
        own = replace(setup, cores=self.workers)
        with serve(own, self.archive(setup), key, configuration) as server:
            yield server


def distinct(settings: Sequence[SweepSetting], setup: Setup) -> list[SweepSetting]:
    """The settings that do not come to the same as one before them."""
    kept: list[SweepSetting] = []
    known: list[Variant] = []
    for setting in settings:
        variant = Variant.of(setting, setup)
        if variant not in known:
            kept.append(setting)
            known.append(variant)
    return kept


def contender_of(setting: SweepSetting) -> Contender:
    """This service with ``setting``; its key has letters, digits and dashes alone."""
    key = "".join(letter if letter.isalnum() else "-" for letter in setting.name)

    @contextmanager
    def launch(setup: Setup, _options: Options) -> Iterator[TorchServe]:
        with Variant.of(setting, setup).serve(setup, key) as server:
            yield server

    return Contender(
        key, setting.name, setting.lever, Role.OURS, launch, _START_SECONDS, idle=setting.idle
    )
