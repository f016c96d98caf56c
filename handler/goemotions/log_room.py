"""The room that the prediction log has; by itself, for commands that need no NumPy."""

import os
from pathlib import Path
from typing import Final

# What must be left of the log's disk: TorchServe writes as much of a line as there is room for, and
# the next line would go on where it broke off. Other files grow between a look and the write.
_LEAST_ROOM: Final = 2**20


def has_room(folder: Path, size: int = 0) -> bool:
    """Whether the disk of ``folder`` has room for ``size`` bytes, and 1 MiB to spare."""
    try:
        disk = os.statvfs(folder)
    except OSError:  # nobody knows, so let it be tried
        return True
    return disk.f_bavail * disk.f_frsize >= size + _LEAST_ROOM
