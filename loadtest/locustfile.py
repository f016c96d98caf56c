"""The users for Locust's own command line: ``locust -f loadtest/locustfile.py``."""

import sys
from pathlib import Path
from typing import Final

# Locust loads this file by its path, with neither the repository nor handler/ to import from.
_TOP: Final = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(_TOP), str(_TOP / "handler")]

from loadtest.traffic.users import HostileUser, ScoresUser, StressUser, VolumeUser  # noqa: E402

__all__ = ("HostileUser", "ScoresUser", "StressUser", "VolumeUser")
