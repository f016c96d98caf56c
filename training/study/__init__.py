"""Experiments on training: their design as data, and comparisons on the same dev comments."""
