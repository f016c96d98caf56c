"""The run behind ``make bench``: rounds in which each contender has its turn."""
