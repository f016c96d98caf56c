"""A setting made real: a configuration, and an archive with its own model-config.yaml."""

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import yaml

from archive.checksum import write_checksum
from benchmarks.setup import REPOSITORY, Setup
from benchmarks.sweep.setting import (
    Placement,
    Setting,
    merge_vmargs,
    property_of,
    with_properties,
    with_serving,
)

_HANDLERS: Final = REPOSITORY / "benchmarks" / "peers"
_SERVING: Final = "model-config.yaml"
_MANIFEST: Final = "MAR-INF/MANIFEST.json"


@dataclass(frozen=True, slots=True)
class Variant:
    """All that a start of a setting depends on; two alike measure the same thing."""

    properties: str
    serving: Mapping[str, Any]
    handler: str | None
    workers: int
    placement: Placement
    env: Mapping[str, str]

    @classmethod
    def of(cls, setting: Setting, setup: Setup) -> Self:
        """What ``setting`` makes of the repository's configuration and the archive's."""
        delivered = (REPOSITORY / "config.properties").read_text(encoding="utf-8")
        properties = with_properties(delivered, setting.properties)
        before = property_of(delivered, "vmargs").split()
        if (vmargs := merge_vmargs(before, setting.vmargs)) != before:
            properties = with_properties(properties, {"vmargs": " ".join(vmargs)})
        return cls(
            properties=properties,
            serving=with_serving(setup.serving, setting.serving),
            handler=setting.handler,
            workers=setting.workers or setup.cores,
            placement=setting.placement,
            env=setting.env,
        )

    def archive(self, setup: Setup) -> Path:
        """The archive to serve: the setup's own, or one made of it; made once in a run."""
        if self.serving == setup.serving and self.handler is None:
            return setup.archive
        changed = {_SERVING: yaml.safe_dump(dict(self.serving), sort_keys=False).encode()}
        if self.handler is not None:
            file = f"{self.handler}.py"
            changed[file] = (_HANDLERS / file).read_bytes()
            changed[_MANIFEST] = _naming(setup.unpacked / _MANIFEST, file)
        return _repack(setup, changed)


def _naming(manifest_file: Path, handler: str) -> bytes:
    """The manifest with another handler in it."""
    manifest = json.loads(manifest_file.read_text(encoding="utf-8"))
    manifest["model"]["handler"] = handler
    return json.dumps(manifest, indent=2).encode()


def _repack(setup: Setup, changed: Mapping[str, bytes]) -> Path:
    """The archive with other files in it, in a folder of its own: a folder is a model store."""
    # One at a time is enough: an archive is only read while its setting has its turn.
    archive = setup.folder / "variant" / "goemotions.mar"
    archive.parent.mkdir(exist_ok=True)
    with (
        zipfile.ZipFile(setup.archive) as delivered,
        zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as made,
    ):
        for name in delivered.namelist():
            if name not in changed:
                made.writestr(name, delivered.read(name))
        for name, content in changed.items():
            made.writestr(name, content)
    write_checksum(archive)
    return archive
