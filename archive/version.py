"""The model version in the manifest of an archive."""

import json
import re
import zipfile
from pathlib import Path
from typing import Final

from goemotions.errors import GoEmotionsError

MANIFEST: Final = "MAR-INF/MANIFEST.json"
# It becomes a part of file names and of addresses.
_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")


def archive_version(archive: Path) -> str:
    """The model version in the manifest of ``archive``.

    Raises ``GoEmotionsError`` if the file is no archive, or one of another model, or if its version
    could not be part of a file's name.
    """
    try:
        with zipfile.ZipFile(archive) as found:
            model = json.loads(found.read(MANIFEST))["model"]
            name, version = str(model["modelName"]), str(model["modelVersion"])
    except (zipfile.BadZipFile, ValueError, LookupError, TypeError) as error:
        raise GoEmotionsError(
            f"{archive} is no archive of torch-model-archiver ({error}); build one: make package"
        ) from error
    if name != "goemotions":
        raise GoEmotionsError(
            f"{archive} holds the model {name}, and what is served is goemotions; "
            "build one: make package"
        )
    if not _VERSION.fullmatch(version):
        raise GoEmotionsError(
            f"{archive} calls its version {version!r}; a version is letters, digits and ._+- "
            "alone: change it in config.json of its model folder, then make package"
        )
    return version
