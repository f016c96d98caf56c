"""GoEmotions, and how good a model is on it: hit rate, calibration, quality report, behaviour."""

import os

import goemotions  # noqa: F401 - keeps what is imported next from sending anything

# Plots go to files, whatever the caller's shell says: one that was started from a notebook names a
# backend that is not installed here. Matplotlib reads this when it is imported: each folder that
# draws imports this package first.
os.environ["MPLBACKEND"] = "agg"
