"""The load test by its path: ``python loadtest/stress_test.py -u 50 -r 5 -l 30``."""

import sys
from pathlib import Path

if not __package__:
    # Python put this file's folder first; the imports are from the top of the repository.
    _top = Path(__file__).resolve().parents[1]
    sys.path[:1] = [str(_top), str(_top / "handler")]

from loadtest.command import main

if __name__ == "__main__":
    main(sys.argv[1:])
