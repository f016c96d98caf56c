"""A row of the sweep, and the service that is started with it."""

import re
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Self

import yaml

from archive.checksum import write_checksum
from benchmarks.contenders.contender import Contender, Options, Role, Running
from benchmarks.contenders.setup import Setup
from benchmarks.contenders.torchserve import (
    delivered_properties,
    serve,
    write_properties,
)
from service.launch import Configuration

_SERVING: Final = "model-config.yaml"
COMMITTED: Final = "as delivered"

_COLLECTOR: Final = re.compile(r"-XX:\+Use\w+GC")
_FAMILY: Final = re.compile(r"-X(?:m[nsx]|s[ns])|-XX:[+-]?\w+|-D[\w.]+|-[\w:-]+")


@dataclass(frozen=True, slots=True)
class SweepSetting:
    """A setting; whatever is not named stays as it is delivered.

    ``lever``       the setting that is varied, which several rows have in common.
    ``properties``  lines of ``config.properties``.
    ``vmargs``      arguments of the JVM; ``-Xmx`` alone takes the bound away.
    ``serving``     keys of ``model-config.yaml``; those of ``handler`` one by one.
    ``env``         variables that TorchServe and its workers are started with.
    ``idle``        whether the time that it takes when nothing is asked is measured.
    """

    lever: str
    name: str
    properties: Mapping[str, str] = field(default_factory=dict)
    vmargs: tuple[str, ...] = ()
    serving: Mapping[str, Any] = field(default_factory=dict)
    workers: int | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    idle: bool = False


@dataclass(frozen=True, slots=True)
class Variant:
    """All that a start of a setting depends on; two alike measure the same thing."""

    properties: Mapping[str, str]
    serving: Mapping[str, Any]
    workers: int
    env: Mapping[str, str]

    @classmethod
    def of(cls, setting: SweepSetting, setup: Setup) -> Self:
        """What ``setting`` makes of the repository's configuration and the archive's."""
        delivered = delivered_properties()
        vmargs = merge_vmargs(delivered["vmargs"].split(), setting.vmargs)
        return cls(
            properties={**delivered, **setting.properties, "vmargs": " ".join(vmargs)},
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


def distinct(settings: Sequence[SweepSetting], setup: Setup) -> list[SweepSetting]:
    """The settings that do not come to the same as one before them."""
    variants = [Variant.of(setting, setup) for setting in settings]
    return [each for n, each in enumerate(settings) if variants[n] not in variants[:n]]


def contender_of(setting: SweepSetting) -> Contender:
    """This service with ``setting``; its key has letters, digits and dashes alone."""
    key = "".join(letter if letter.isalnum() else "-" for letter in setting.name)

    def launch(setup: Setup, _options: Options) -> AbstractContextManager[Running]:
        variant = Variant.of(setting, setup)
        properties = write_properties(setup.folder / "variant.properties", variant.properties)
        configuration = Configuration(properties, env=variant.env)
        own = replace(setup, cores=variant.workers)
        return serve(own, variant.archive(setup), key, configuration)

    return Contender(key, setting.name, setting.lever, Role.OURS, launch, idle=setting.idle)


def merge_vmargs(delivered: Sequence[str], own: Sequence[str]) -> list[str]:
    """The JVM's arguments: ``own``, and of those ``delivered`` what has no counterpart there."""
    families = {_family(argument) for argument in own}
    kept = [argument for argument in delivered if _family(argument) not in families]
    return [*kept, *(argument for argument in own if argument != "-Xmx")]


def with_serving(delivered: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """``model-config.yaml`` with other values; its section ``handler`` is merged, too."""
    merged = {**delivered, **own}
    if "handler" in own:
        merged["handler"] = {**(delivered.get("handler") or {}), **own["handler"]}
    return merged


def _family(argument: str) -> str:
    """The common part of two arguments of which a JVM takes one alone."""
    if _COLLECTOR.fullmatch(argument):
        return "collector"
    found = _FAMILY.match(argument)
    return found[0].replace("+", "").replace("-XX:-", "-XX:") if found else argument
