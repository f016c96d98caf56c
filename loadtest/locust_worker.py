"""Locust's own command for the worker processes of a run, without the caller's settings.

Called by its path, with Locust's arguments: ``python loadtest/locust_worker.py --worker ...``.
"""

import sys
from functools import partial
from pathlib import Path

# Python put this file's folder first, whose modules must not take the place of others.
_OWN = Path(__file__).resolve().parent
sys.path[:] = [entry for entry in sys.path if Path(entry).resolve() != _OWN]

from locust import argument_parser, main  # noqa: E402

# Locust reads ~/.locust.conf, and locust.conf and pyproject.toml in the working folder, into what
# its command line leaves open.
for name in ("get_empty_argument_parser", "get_parser"):
    read = partial(getattr(argument_parser, name), default_config_files=())
    setattr(argument_parser, name, read)
    if hasattr(main, name):
        setattr(main, name, read)

if __name__ == "__main__":
    main.main()
