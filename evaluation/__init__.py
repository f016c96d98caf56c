"""GoEmotions, and how good a model is on it: hit rate, calibration, quality report, behaviour."""
