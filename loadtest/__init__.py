"""Load and stress tests of the running service; ``docs/load-testing.md`` is the manual."""
