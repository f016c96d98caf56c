"""Experiments as data: queued, run as successive halving, compared on the same dev comments."""
