"""Load and stress tests of the running service; ``docs/load-testing.md`` is the manual."""

import evaluation  # noqa: F401 - sets what matplotlib and others read at their import
